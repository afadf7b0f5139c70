import { canonicalText } from './equal.ts';
import type { Check, Run } from './run.ts';
import { countAt, type Keyword, listAt, type Site } from './site.ts';

/** Keywords for lists (JSON Schema Core 10.3.1, Validation 6.4). */
export const LIST_KEYWORDS = {
  prefixItems: (argument, site) => {
    const checks = listAt(argument, site).map((schema, i) => site.compile(schema, String(i)));
    return onLists((value, run) =>
      checks.every((check, i) => i >= value.length || check(value[i], run) || run.under(String(i))),
    );
  },
  items: (argument, site) => {
    if (Array.isArray(argument)) throw site.mistake('takes one schema; for one of each place, write prefixItems');
    const { prefixItems } = site.schema;
    return onLists(everyItem(site.compile(argument), Array.isArray(prefixItems) ? prefixItems.length : 0));
  },
  contains: (argument, site) => onLists(containsCheck(site.compile(argument), site)),
  minContains: ofContains,
  maxContains: ofContains,
  minItems: counted((count, bound) => count >= bound),
  maxItems: counted((count, bound) => count <= bound),
  uniqueItems: (argument, site) => {
    if (typeof argument !== 'boolean') throw site.mistake('takes true or false');
    return argument ? onLists(areDifferent) : null;
  },
} as const satisfies Record<string, Keyword>;

type ListCheck = (value: readonly unknown[], run: Run) => boolean;

function onLists(check: ListCheck): Check {
  return (value, run) => !Array.isArray(value) || check(value, run);
}

function everyItem(check: Check, from: number): ListCheck {
  return (value, run) => {
    run.spend(value.length);
    for (let i = from; i < value.length; i++) {
      if (!check(value[i], run)) return run.under(String(i));
    }
    return true;
  };
}

function containsCheck(check: Check, site: Site): ListCheck {
  const { minContains = 1, maxContains = Number.MAX_SAFE_INTEGER } = site.schema;
  const least = countAt(minContains, site.beside('minContains'));
  const most = countAt(maxContains, site.beside('maxContains'));
  return (value, run) => {
    run.spend(value.length);
    const count = value.filter((item) => check(item, run)).length;
    return (count >= least && count <= most) || run.refused('contains');
  };
}

/** Compiled with the keyword that it belongs to. */
function ofContains(argument: unknown, site: Site): null {
  countAt(argument, site);
  if (!Object.hasOwn(site.schema, 'contains')) throw site.mistake('has no effect without contains');
  return null;
}

function areDifferent(value: readonly unknown[], run: Run): boolean {
  const known = new Set<string>();
  for (const item of value) {
    const { size } = known;
    if (known.add(canonicalText(item, (steps) => run.spend(steps))).size === size) return run.refused('uniqueItems');
  }
  return true;
}

function counted(holds: (count: number, bound: number) => boolean): Keyword {
  return (argument, site) => {
    const bound = countAt(argument, site);
    const { keyword } = site;
    return onLists((value, run) => holds(value.length, bound) || run.refused(keyword));
  };
}
