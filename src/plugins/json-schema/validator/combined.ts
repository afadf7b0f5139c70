import type { Check, Run } from './run.ts';
import { type Keyword, listAt, type Site } from './site.ts';

/** Keywords that apply schemas to the same value (JSON Schema Core 10.2, 8.2.3.1). */
export const COMBINED_KEYWORDS = {
  $ref: (argument, site) => {
    if (typeof argument !== 'string') throw site.mistake('takes a reference');
    return site.reference(argument);
  },
  allOf: (argument, site) => {
    const checks = checksAt(argument, site);
    return (value, run) => spent(checks, run).every((check) => check(value, run));
  },
  anyOf: (argument, site) => {
    const checks = checksAt(argument, site);
    return (value, run) => spent(checks, run).some((check) => check(value, run)) || run.refused('anyOf');
  },
  oneOf: (argument, site) => {
    const checks = checksAt(argument, site);
    return (value, run) => spent(checks, run).filter((check) => check(value, run)).length === 1 || run.refused('oneOf');
  },
  not: (argument, site) => {
    const check = site.compile(argument);
    return (value, run) => !check(value, run) || run.refused('not');
  },
  if: (argument, site) => {
    const check = site.compile(argument);
    const yes = branch('then', site);
    const no = branch('else', site);
    return (value, run) => (check(value, run) ? yes(value, run) : no(value, run));
  },
  ...Object.fromEntries(['then', 'else'].map((branch) => [branch, ofIf])),
} as const satisfies Record<string, Keyword>;

function checksAt(argument: unknown, site: Site): Check[] {
  return listAt(argument, site).map((schema, i) => site.compile(schema, String(i)));
}

/** Each of them counts. */
function spent(checks: readonly Check[], run: Run): readonly Check[] {
  run.spend(checks.length);
  return checks;
}

function branch(keyword: 'then' | 'else', site: Site): Check {
  const { schema } = site;
  return Object.hasOwn(schema, keyword) ? site.beside(keyword).compile(schema[keyword]) : () => true;
}

/** Compiled with `if`. */
function ofIf(_argument: unknown, site: Site): null {
  if (!Object.hasOwn(site.schema, 'if')) throw site.mistake('has no effect without if');
  return null;
}
