import { BuiltinError, isList, isObject, type RegoValue } from '../value.ts';
import { writeValue } from '../value-text.ts';
import { fail } from './builtin.ts';
import type { Work } from './work.ts';

export type Path = readonly RegoValue[];
export type Result = RegoValue | BuiltinError;

const NOTHING_THERE = fail('there is nothing at a path');

type Edit = (container: RegoValue, key: RegoValue) => Result;

/** A document with what one operation makes of it. What is made shares with it what has not changed. */
export class Patched {
  readonly #document: RegoValue;
  readonly #work: Work;

  constructor(document: RegoValue, work: Work) {
    this.#document = document;
    this.#work = work;
  }

  add(path: Path, value: RegoValue): Result {
    return this.#addTo(this.#document, path, value);
  }

  remove(path: Path): Result {
    return this.#edit(this.#document, path, (container, key) => {
      if (itemOf(container, key) === undefined) return NOTHING_THERE;
      if (isList(container)) return container.toSpliced(indexOf(key, container.length), 1);
      return isObject(container) ? new Map([...container].filter(([name]) => name !== key)) : NOTHING_THERE;
    });
  }

  replace(path: Path, value: RegoValue): Result {
    if (path.length === 0) return value;
    return this.#edit(this.#document, path, (container, key) => {
      return itemOf(container, key) === undefined ? NOTHING_THERE : put(container, key, value);
    });
  }

  test(path: Path, value: RegoValue): Result {
    const found = this.#find(path);
    if (found === undefined) return NOTHING_THERE;
    this.#work.chargeValue(found);
    this.#work.chargeValue(value);
    return writeValue(found) === writeValue(value) ? this.#document : fail('a value is not the expected one');
  }

  /** What is copied counts in full: shared here, it is written as often as it stands in the document. */
  copy(from: Path, path: Path): Result {
    const value = this.#find(from);
    if (value === undefined) return NOTHING_THERE;
    this.#work.chargeValue(value);
    return this.add(path, value);
  }

  move(from: Path, path: Path): Result {
    const value = this.#find(from);
    const rest = value === undefined ? NOTHING_THERE : this.remove(from);
    return rest instanceof BuiltinError ? rest : this.#addTo(rest, path, value!);
  }

  #find(path: Path): RegoValue | undefined {
    this.#work.charge(path.length);
    let found: RegoValue | undefined = this.#document;
    for (const key of path) found = found === undefined ? undefined : itemOf(found, key);
    return found;
  }

  #addTo(document: RegoValue, path: Path, value: RegoValue): Result {
    if (path.length === 0) return value;
    return this.#edit(document, path, (container, key) => {
      if (!isList(container)) return put(container, key, value);
      const index = key === '-' ? container.length : indexOf(key, container.length);
      return index < 0 ? NOTHING_THERE : container.toSpliced(index, 0, value);
    });
  }

  /** The document with a container inside it edited; the containers on the way are copied. */
  #edit(document: RegoValue, path: Path, change: Edit, at = 0): Result {
    const key = path[at];
    if (key === undefined) return NOTHING_THERE;
    this.#work.charge(2 + widthOf(document));
    if (at === path.length - 1) return change(document, key);
    const inner = itemOf(document, key);
    if (inner === undefined) return NOTHING_THERE;
    const edited = this.#edit(inner, path, change, at + 1);
    return edited instanceof BuiltinError ? edited : put(document, key, edited);
  }
}

function widthOf(container: RegoValue): number {
  if (isObject(container)) return 2 * container.size;
  return isList(container) ? container.length / 16 : 0;
}

function itemOf(container: RegoValue, key: RegoValue): RegoValue | undefined {
  if (isList(container)) return container[indexOf(key, container.length)];
  return isObject(container) ? container.get(key) : undefined;
}

/** A position in a list; -1: none. */
function indexOf(key: RegoValue, length: number): number {
  const index = typeof key === 'string' && /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : key;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index <= length ? index : -1;
}

function put(container: RegoValue, key: RegoValue, value: RegoValue): Result {
  if (isObject(container)) return new Map([...container, [key, value]]);
  return isList(container) ? container.with(indexOf(key, container.length), value) : NOTHING_THERE;
}
