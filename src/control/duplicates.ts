import { asBroken, type BrokenResource, type SourcedResource } from '../model/index.ts';
import { keyOf } from './key.ts';

interface Settled<T> {
  /** One of each kind and name is first. */
  readonly resources: readonly T[];
  /** All of those that nobody can choose between. */
  readonly broken: readonly BrokenResource[];
}

/**
 * Of several resources of one kind and name the one stays whose file had it in the generation before. The order of
 * files decides nothing: a newcomer could take over what is protected.
 */
export function settleDuplicates<T extends SourcedResource>(
  resources: readonly T[],
  before: readonly SourcedResource[],
): Settled<T> {
  const files = new Map(before.map(({ resource, source }) => [keyOf(resource), source.file]));
  const groups = Map.groupBy(resources, ({ resource }) => keyOf(resource));
  const keepers = [...groups].map(([key, group]) => keeperOf(group, files.get(key)));
  const first = keepers.filter((one) => one !== null);
  const chosen = new Set(first);
  const broken = [...groups.values()].filter((group) => !group.some((one) => chosen.has(one))).flat();
  const undecided = new Set(broken);
  const later = resources.filter((one) => !chosen.has(one) && !undecided.has(one));
  return { resources: [...first, ...later], broken: broken.map((one) => asBroken(one, BECAUSE)) };
}

const BECAUSE = 'another resource has this kind and name';

function keeperOf<T extends SourcedResource>(group: readonly T[], file: string | undefined): T | null {
  if (group.length === 1) return group[0]!;
  const before = group.filter(({ source }) => source.file === file);
  return before.length === 1 ? before[0]! : null;
}
