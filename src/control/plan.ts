import { type Kind, type Resource, type Secret, secretData } from '../model/index.ts';
import type { Change } from '../store/store.ts';
import { keyOf } from './key.ts';

/** What is wanted of the store: these resources, and with `prune` no others of the kinds concerned. */
export interface Wanted {
  readonly resources: readonly Resource[];
  readonly prune: boolean;
  /** Empty: every kind. */
  readonly include: readonly Kind[];
  readonly exclude: readonly Kind[];
  /** Keys of those that stand in files: what a file lacks is gone, whatever its kind. */
  readonly ofFiles?: ReadonlySet<string>;
}

export type Operation = 'create' | 'update' | 'delete' | 'unchanged';

export interface PlanStep {
  readonly operation: Operation;
  /** The resource as wanted; for `delete` as it is. */
  readonly resource: Resource;
}

/** Kinds that hold run-time state: they are pruned only when they are named. */
const NOT_PRUNED_UNASKED: readonly Kind[] = ['Secret', 'Credential', 'ClusterConfig'];

export function makePlan(present: readonly Resource[], wanted: Wanted): PlanStep[] {
  const before = new Map(present.map((resource) => [keyOf(resource), resource]));
  const chosen = wanted.resources.filter(({ kind }) => isChosen(kind, wanted));
  const steps = chosen.map(
    (resource): PlanStep => ({ operation: operationFor(before.get(keyOf(resource)), resource), resource }),
  );
  return [...steps, ...(wanted.prune ? deletions(present, chosen, wanted) : [])];
}

function isChosen(kind: Kind, { include, exclude }: Wanted): boolean {
  return (include.length === 0 || include.includes(kind)) && !exclude.includes(kind);
}

function deletions(present: readonly Resource[], chosen: readonly Resource[], wanted: Wanted): PlanStep[] {
  const kept = new Set(chosen.map(keyOf));
  const pruned = present.filter((resource) => !kept.has(keyOf(resource)) && isPruned(resource, wanted));
  return deletionsOf(pruned, present).filter(({ resource }) => !kept.has(keyOf(resource)));
}

/** A Credential is a way to act as its user: it goes with the user, not before and not later. */
export function deletionsOf(resources: readonly Resource[], present: readonly Resource[]): PlanStep[] {
  const users = new Set(resources.filter(({ kind }) => kind === 'User').map(({ metadata }) => metadata.name));
  const theirs = present.filter((one) => one.kind === 'Credential' && users.has(one.spec.user));
  return [...new Set([...resources, ...theirs])].map((resource) => ({ operation: 'delete', resource }));
}

function isPruned(resource: Resource, wanted: Wanted): boolean {
  const { kind, metadata } = resource;
  if (!isChosen(kind, wanted) || metadata.systemLabels?.origin !== undefined) return false;
  const isAsked = wanted.include.includes(kind) || wanted.ofFiles?.has(keyOf(resource)) === true;
  return isAsked || !NOT_PRUNED_UNASKED.includes(kind);
}

function operationFor(before: Resource | undefined, wanted: Resource): Operation {
  if (before === undefined) return 'create';
  const bringsData = wanted.kind === 'Secret' && wanted.data !== undefined && !hasSameData(before, wanted);
  return bringsData || meaning(before) !== meaning(wanted) ? 'update' : 'unchanged';
}

/** Of a Secret of the store nobody here knows the value. */
function hasSameData(before: Resource, wanted: Secret): boolean {
  const [one, other] = [before.kind === 'Secret' ? secretData(before) : null, secretData(wanted)];
  return one !== null && other !== null && one.equals(other);
}

const COMPARED_METADATA = [
  'displayName',
  'description',
  'labels',
  'annotations',
  'tags',
  'picURL',
  'systemLabels',
] as const;

/** What people write of a resource, in one spelling: two resources of one meaning need no update. */
function meaning({ metadata, spec }: Resource): string {
  return stableJson({ spec, metadata: COMPARED_METADATA.map((key) => metadata[key] ?? null) });
}

/** JSON with sorted keys. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sorted(inner) : inner));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The resources that the store will hold once the plan is carried out. */
export function afterPlan(present: readonly Resource[], steps: readonly PlanStep[]): Resource[] {
  const after = new Map(present.map((resource) => [keyOf(resource), resource]));
  for (const { operation, resource } of steps) {
    if (operation === 'delete') after.delete(keyOf(resource));
    else if (operation !== 'unchanged') after.set(keyOf(resource), resource);
  }
  return [...after.values()];
}

/** Creations and updates first, so that within the transaction nothing refers to what is gone. */
export function changesOf(steps: readonly PlanStep[], toPut: (resource: Resource) => Change): Change[] {
  const puts = steps.filter(({ operation }) => operation === 'create' || operation === 'update');
  const deletes = steps.filter(({ operation }) => operation === 'delete');
  return [
    ...puts.map(({ resource }) => toPut(resource)),
    ...deletes.map(({ resource }): Change => ({ op: 'delete', kind: resource.kind, name: resource.metadata.name })),
  ];
}
