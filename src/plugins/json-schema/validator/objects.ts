import type { Check, Run } from './run.ts';
import { countAt, isObject, type Keyword, namesAt, objectAt, type SchemaObject, type Site } from './site.ts';
import { patternAt } from './texts.ts';

/** Keywords for objects (JSON Schema Core 10.3.2, Validation 6.5). */
export const OBJECT_KEYWORDS = {
  properties: (_argument, site) => onObjects(membersCheck(site)),
  // compiled with `properties` where that is there, because `additionalProperties` is about what both leave
  patternProperties: (_argument, site) => (has(site, 'properties') ? null : onObjects(membersCheck(site))),
  additionalProperties: (_argument, site) =>
    has(site, 'properties') || has(site, 'patternProperties') ? null : onObjects(membersCheck(site)),
  required: (argument, site) => {
    const names = namesAt(argument, site);
    return onObjects((value, run) => {
      const missing = names.find((name) => !Object.hasOwn(value, name));
      return missing === undefined || run.refused(`required ${JSON.stringify(missing)}`);
    });
  },
  minProperties: counted((count, bound) => count >= bound),
  maxProperties: counted((count, bound) => count <= bound),
  propertyNames: (argument, site) => {
    const check = site.compile(argument);
    return onObjects((value, run) => everyKey(value, run, (key) => check(key, run)) || run.under('*'));
  },
  dependentRequired: (argument, site) => {
    const all = Object.entries(objectAt(argument, site)).map(([key, names]) => [key, namesAt(names, site)] as const);
    return onObjects(
      (value, run) =>
        all.every(([key, names]) => !Object.hasOwn(value, key) || names.every((name) => Object.hasOwn(value, name))) ||
        run.refused('dependentRequired'),
    );
  },
  dependentSchemas: (argument, site) => {
    const all = [...compiledMembers(argument, site)];
    return onObjects((value, run) => all.every(([key, check]) => !Object.hasOwn(value, key) || check(value, run)));
  },
} as const satisfies Record<string, Keyword>;

type ObjectCheck = (value: SchemaObject, run: Run) => boolean;

function onObjects(check: ObjectCheck): Check {
  return (value, run) => !isObject(value) || check(value, run);
}

function has({ schema }: Site, keyword: string): boolean {
  return Object.hasOwn(schema, keyword);
}

/** `properties`, `patternProperties` and `additionalProperties` of a schema, whichever there are. */
function membersCheck(site: Site): ObjectCheck {
  const { properties = {}, patternProperties = {}, additionalProperties } = site.schema;
  const named = compiledMembers(properties, site.beside('properties'));
  const patterns = patternChecks(patternProperties, site.beside('patternProperties'));
  const other = otherMembers(additionalProperties, site.beside('additionalProperties'));
  const check = (value: unknown, key: string, run: Run): boolean => {
    const own = named.get(key);
    let isKnown = own !== undefined;
    if (own !== undefined && !own(value, run)) return run.under(key);
    for (const pattern of patterns) {
      if (!pattern.matches(key, run)) continue;
      isKnown = true;
      if (!pattern.check(value, run)) return run.under('*');
    }
    return isKnown || other === null || other(value, run);
  };
  return (value, run) => everyKey(value, run, (key) => check(value[key], key, run));
}

function otherMembers(schema: unknown, site: Site): Check | null {
  if (schema === undefined || schema === true) return null;
  if (schema === false) return (_value, run) => run.refused('additionalProperties');
  const check = site.compile(schema);
  return (value, run) => check(value, run) || run.under('*');
}

function patternChecks(argument: unknown, site: Site) {
  return Object.entries(objectAt(argument, site)).map(([pattern, schema]) => ({
    matches: patternAt(pattern, site),
    check: site.compile(schema, pattern),
  }));
}

function compiledMembers(argument: unknown, site: Site): ReadonlyMap<string, Check> {
  const members = Object.entries(objectAt(argument, site));
  return new Map(members.map(([key, schema]) => [key, site.compile(schema, key)]));
}

function everyKey(value: SchemaObject, run: Run, holds: (key: string) => boolean): boolean {
  const keys = Object.keys(value);
  run.spend(keys.length);
  for (const key of keys) if (!holds(key)) return false;
  return true;
}

function counted(holds: (count: number, bound: number) => boolean): Keyword {
  return (argument, site) => {
    const bound = countAt(argument, site);
    const { keyword } = site;
    return onObjects((value, run) => holds(Object.keys(value).length, bound) || run.refused(keyword));
  };
}
