import type { TSchema } from 'typebox';
import { nearest } from '../../base/suggest.ts';
import { KINDS, type Kind } from '../kinds.ts';
import { judgeAnnotations } from './annotations.ts';
import { nameProblems } from './name.ts';
import { isWithin, type Problem } from './problem.ts';
import { schemaProblems } from './schema-errors.ts';
import { asNode, isMapping, type SchemaNode } from './schema-node.ts';
import { schemasAlong, valueAt } from './walk.ts';

/**
 * Everything that is wrong with one resource taken by itself. A value without errors is a `Resource` of that kind.
 * One mistake gives one problem.
 */
export function validate(kind: Kind, value: unknown): Problem[] {
  return dropRepeated([...validateAgainst(KINDS[kind].schema, value), ...nameProblemsOf(kind, value)]);
}

/** The same for a part of a resource. */
export function validateAgainst(schema: TSchema, value: unknown): Problem[] {
  const root = asNode(schema);
  const annotated = judgeAnnotations(root, value);
  const outside = schemaProblems(schema, value).filter(
    (found) => !annotated.refused.some((path) => isWithin(found.path, path)),
  );
  return dropRepeated([...outside, ...annotated.problems]).filter((found) => !isExplained(found, root, value));
}

function nameProblemsOf(kind: Kind, value: unknown): Problem[] {
  const name = valueAt(value, ['metadata', 'name']);
  return typeof name === 'string' ? nameProblems(kind, name) : [];
}

/** A second finding at the same place says the same again in other words. */
function dropRepeated(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>();
  for (const found of problems) {
    const key = JSON.stringify([found.path, found.at, found.wants]);
    if (!seen.has(key)) seen.set(key, found);
  }
  return [...seen.values()];
}

/** A key is not missing when an unknown key beside it was meant to be it. */
function isExplained({ path, wants }: Problem, root: SchemaNode, value: unknown): boolean {
  const holder = valueAt(value, path);
  if (wants.length === 0 || !isMapping(holder)) return false;
  const known = Object.keys(schemasAlong(root, path)[path.length]?.properties ?? {});
  const unknown = Object.keys(holder).filter((key) => !known.includes(key));
  if (wants.length > 1) return unknown.length > 0;
  return unknown.some((key) => wants.includes(nearest(key, known) ?? ''));
}
