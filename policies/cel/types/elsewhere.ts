import type { ObjectType, Type } from './type.ts';

/**
 * Where a name stands in `root` that is not where it was looked for: `["request", "http", "method"]` for
 * `request.method`. Below the place where it was looked for goes before anywhere else, near before far.
 *
 * @param from where it was looked for, from `root`
 */
export function elsewhere(root: Type, from: readonly string[], name: string): readonly string[] | null {
  if (root.kind !== 'object') return null;
  const found = [...pathsTo(name, root, [])];
  return found.sort((a, b) => distance(from, a) - distance(from, b))[0] ?? null;
}

function* pathsTo(name: string, { fields }: ObjectType, path: readonly string[]): Generator<readonly string[]> {
  for (const [one, type] of fields) {
    if (one === name) yield [...path, one];
    if (type.kind === 'object') yield* pathsTo(name, type, [...path, one]);
  }
}

/** A step out of where it was looked for is worse than any number of steps further in. */
const STEP_OUT = 100;

function distance(from: readonly string[], to: readonly string[]): number {
  const apart = from.findIndex((name, i) => to[i] !== name);
  const shared = apart < 0 ? from.length : apart;
  return (from.length - shared) * STEP_OUT + (to.length - shared);
}
