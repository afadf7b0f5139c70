import { didYouMean } from '../../base/suggest.ts';
import { KINDS, type Kind, type Resource } from '../kinds.ts';
import type { ReferenceKind } from '../schema.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { asNode } from '../validate/schema-node.ts';
import { walk } from '../validate/walk.ts';
import type { Checked } from './checker.ts';

interface Reference {
  readonly kind: ReferenceKind;
  readonly name: string;
  readonly path: KeyPath;
}

/** Resources do not change, and most of them stay from one configuration to the next. */
const known = new WeakMap<Resource, readonly Reference[]>();

/** Whatever a schema marks as the name of another resource must be there. */
export function checkReferences(resource: Resource, all: Checked): Problem[] {
  return referencesOf(resource).flatMap((reference) => missing(reference, all));
}

function referencesOf(resource: Resource): readonly Reference[] {
  const references = known.get(resource) ?? findReferences(resource);
  known.set(resource, references);
  return references;
}

function findReferences(resource: Resource): Reference[] {
  const references: Reference[] = [];
  walk(asNode(KINDS[resource.kind].schema), resource, ({ node, value, path }) => {
    const kind = node['x-refers-to'];
    if (kind !== undefined && typeof value === 'string') references.push({ kind, name: value, path });
    return 'descend';
  });
  return references;
}

function missing({ kind, name, path }: Reference, all: Checked): Problem[] {
  if (isThere(kind, name, all)) return [];
  const suggestion = didYouMean(name, namesOf(kind, all)) ?? howToCreate(kind, name);
  const severity = kind === 'Secret' ? all.options.unknownSecret : 'error';
  return [problem(path, `there is no ${kind} ${quote(name)}`, { severity, suggestion })];
}

export function isThere(kind: Kind, name: string, all: Checked): boolean {
  if (all.set.has(kind, name) || all.broken.some((one) => one.kind === kind && one.name === name)) return true;
  return kind === 'Secret' && all.options.secrets?.(name) === true;
}

function namesOf(kind: Kind, all: Checked): string[] {
  return all.set.list(kind).map(({ resource }) => resource.metadata.name);
}

function howToCreate(kind: ReferenceKind, name: string): string | null {
  return kind === 'Secret' ? `create it with: ostiary create secret ${name}` : null;
}
