import { CONDITION_DEPTH } from '../condition.ts';
import type { KeyPath } from '../source.ts';
import { quote } from './describe.ts';
import type { Finding } from './formats/finding.ts';
import { MAP_FORMATS, TEXT_FORMATS } from './formats.ts';
import { type Problem, problem } from './problem.ts';
import { isMapping, type SchemaNode } from './schema-node.ts';
import { type Place, walk } from './walk.ts';

const NOT_YET = 'is known but not implemented yet';

export interface Annotated {
  readonly problems: readonly Problem[];
  /** Places that were refused as a whole: nothing inside them is reported. */
  readonly refused: readonly KeyPath[];
}

/** Applies what our schemas say beyond JSON Schema. */
export function judgeAnnotations(root: SchemaNode, value: unknown): Annotated {
  const problems: Problem[] = [];
  const refused: KeyPath[] = [];
  walk(root, value, (place) => {
    const whole = refusal(place);
    if (whole === null) {
      problems.push(...RULES.flatMap((rule) => rule(place)));
      return 'descend';
    }
    problems.push(whole);
    refused.push(place.path);
    return 'stop';
  });
  return { problems, refused };
}

function refusal({ node, path, depth }: Place): Problem | null {
  if (node['x-planned'] !== undefined) {
    return problem(path, NOT_YET, { at: 'key', suggestion: node['x-instead'] ?? null });
  }
  if (depth > CONDITION_DEPTH) return problem(path, `conditions can be nested ${CONDITION_DEPTH} deep`);
  return null;
}

type Rule = (place: Place) => readonly Problem[];

const RULES: readonly Rule[] = [
  plannedWord,
  untilThen,
  exactlyOne,
  atMostOne,
  textFormat,
  mapFormat,
  keyFormat,
  unique,
  uniqueBy,
];

function plannedWord({ node, value, path }: Place): Problem[] {
  const words = node['x-planned-values'];
  if (words === undefined || typeof value !== 'string' || !Object.hasOwn(words, value)) return [];
  return [problem(path, `${quote(value)} ${NOT_YET}`)];
}

function untilThen({ node, path }: Place): Problem[] {
  const then = node['x-until-then'];
  return then === undefined
    ? []
    : [problem(path, `is not implemented yet: ${then}`, { severity: 'warning', at: 'key' })];
}

function exactlyOne({ node, value, path }: Place): Problem[] {
  return groups(node['x-exactly-one'], value).flatMap(({ group, present }) => {
    if (present.length === 0) return [noneOf(node, group, path)];
    return surplus(node, group, present, path);
  });
}

function noneOf(node: SchemaNode, group: readonly string[], path: KeyPath): Problem {
  const names = usable(node, group);
  const message = names.length === 1 ? `"${names[0]}" is missing` : `exactly one of ${listed(names)} is needed`;
  return problem(path, message, { at: 'key', wants: group });
}

const MOST_LISTED = 12;

function listed(names: readonly string[]): string {
  return names.length <= MOST_LISTED ? names.join(', ') : `${names.slice(0, MOST_LISTED).join(', ')}, …`;
}

function atMostOne({ node, value, path }: Place): Problem[] {
  return groups(node['x-at-most-one'], value).flatMap(({ group, present }) => surplus(node, group, present, path));
}

function groups(all: readonly (readonly string[])[] | undefined, value: unknown) {
  if (all === undefined || !isMapping(value)) return [];
  return all.map((group) => ({ group, present: Object.keys(value).filter((key) => group.includes(key)) }));
}

/** Without those that are refused anyway. */
function usable(node: SchemaNode, group: readonly string[]): string[] {
  return group.filter((key) => node.properties?.[key]?.['x-planned'] === undefined);
}

function surplus(node: SchemaNode, group: readonly string[], present: readonly string[], path: KeyPath): Problem[] {
  const [first, ...more] = present;
  const names = usable(node, group).join(', ');
  return more.map((key) =>
    problem([...path, key], `only one of ${names} can be given, and "${first}" is there already`, {
      at: 'key',
    }),
  );
}

function textFormat({ node, value, path }: Place): Problem[] {
  const format = node['x-format'];
  if (format === undefined || format === 'attrs' || typeof value !== 'string') return [];
  return findings(path, TEXT_FORMATS[format](value));
}

function mapFormat({ node, value, path }: Place): Problem[] {
  return node['x-format'] === 'attrs' && isMapping(value) ? findings(path, MAP_FORMATS.attrs(value)) : [];
}

function keyFormat({ node, value, path }: Place): Problem[] {
  const format = node['x-key-format'];
  if (format === undefined || format === 'attrs' || !isMapping(value)) return [];
  return Object.keys(value).flatMap((key) =>
    findings([...path, key], TEXT_FORMATS[format](key)).map((found) => ({ ...found, at: 'key' as const })),
  );
}

function findings(path: KeyPath, found: Finding | null): Problem[] {
  if (found === null) return [];
  const { message, suggestion = null, severity = 'error' } = found;
  const inner = found.path ?? [];
  return [problem([...path, ...inner], message, { suggestion, severity, at: inner.length === 0 ? 'value' : 'key' })];
}

function unique({ node, value, path }: Place): Problem[] {
  const severity = node['x-unique'];
  if (severity === undefined || !Array.isArray(value)) return [];
  return repeated(value).map((i) =>
    problem([...path, i], `${quote(String(value[i]))} is in the list twice`, { severity }),
  );
}

function uniqueBy({ node, value, path }: Place): Problem[] {
  const key = node['x-unique-by'];
  if (key === undefined || !Array.isArray(value)) return [];
  const values = value.map((item) => (isMapping(item) ? item[key] : undefined));
  return repeated(values).map((i) =>
    problem([...path, i, key], `the ${key} ${quote(String(values[i]))} is used twice`),
  );
}

/** Positions of texts that stand earlier in the list too. */
function repeated(values: readonly unknown[]): number[] {
  return values.flatMap((value, i) => (typeof value === 'string' && values.indexOf(value) < i ? [i] : []));
}
