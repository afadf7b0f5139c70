import type { MapValue } from '../../values/map.ts';
import type { Value } from '../../values/value.ts';

/** Paths that one memo has room for. */
const ROOM = 64;

/**
 * What paths of one map gave: the rules that are asked about one request read few paths of its `ctx`, and mostly the
 * same ones. Only the last map is remembered. A map never changes, so neither do its paths.
 */
export class PathMemo {
  #map: MapValue | null = null;
  readonly #values: (Value | undefined)[] = new Array(ROOM).fill(undefined);
  readonly #positions = new Map<string, number>();

  get isFull(): boolean {
    return this.#positions.size >= ROOM;
  }

  positionOf(path: string): number | undefined {
    return this.#positions.get(path);
  }

  add(path: string): number {
    this.#positions.set(path, this.#positions.size);
    return this.#positions.size - 1;
  }

  get(map: MapValue, position: number): Value | undefined {
    if (map === this.#map) return this.#values[position];
    this.#map = map;
    this.#values.fill(undefined);
    return undefined;
  }

  set(map: MapValue, position: number, value: Value): void {
    if (map === this.#map) this.#values[position] = value;
  }
}

/** By the name of the variable: the memo that new expressions use. Full ones live as long as their expressions. */
const memos = new Map<string, PathMemo>();

/** Where expressions that read this path of this variable remember what it gave. */
export function placeOf(variable: string, path: string): { readonly memo: PathMemo; readonly position: number } {
  const current = memos.get(variable) ?? new PathMemo();
  const known = current.positionOf(path);
  const memo = known === undefined && current.isFull ? new PathMemo() : current;
  memos.set(variable, memo);
  return { memo, position: known ?? memo.add(path) };
}
