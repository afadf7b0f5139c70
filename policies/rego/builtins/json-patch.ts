import { BuiltinError, type BuiltinResult, isList, isObject, type RegoValue } from '../value.ts';
import { writeValue } from '../value-text.ts';
import { fail } from './builtin.ts';

type Path = readonly RegoValue[];
type Step = (document: RegoValue, path: Path, operation: ReadonlyMap<RegoValue, RegoValue>) => RegoValue | BuiltinError;

/** The operations of RFC 6902. */
const STEPS: ReadonlyMap<RegoValue, Step> = new Map<RegoValue, Step>([
  ['add', (document, path, operation) => withValue(operation, (value) => add(document, path, value))],
  ['remove', (document, path) => remove(document, path)],
  ['replace', (document, path, operation) => withValue(operation, (value) => replace(document, path, value))],
  ['test', (document, path, operation) => withValue(operation, (value) => test(document, path, value))],
  ['copy', (document, path, operation) => from(document, operation, (value) => add(document, path, value))],
  ['move', move],
]);

/** The document after all operations, in order; an error when one of them cannot be done. */
export function patch(document: RegoValue, operations: readonly RegoValue[]): BuiltinResult {
  let result: RegoValue | BuiltinError = document;
  for (const operation of operations) {
    if (!isObject(operation)) return fail('an operation must be an object');
    const step = STEPS.get(operation.get('op') ?? null);
    const path = readPath(operation.get('path'));
    if (step === undefined || path === null) return fail('an operation needs op and path');
    result = step(result, path, operation);
    if (result instanceof BuiltinError) return result;
  }
  return result;
}

/** A JSON pointer, whose first slash may be left out, or a list. */
function readPath(path: RegoValue | undefined): Path | null {
  if (path !== undefined && isList(path)) return path;
  if (typeof path !== 'string') return null;
  const plain = path.replace(/^\//, '');
  if (plain === '') return [];
  return plain.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withValue(
  operation: ReadonlyMap<RegoValue, RegoValue>,
  use: (value: RegoValue) => RegoValue | BuiltinError,
): RegoValue | BuiltinError {
  const value = operation.get('value');
  return value === undefined ? fail('an operation needs a value') : use(value);
}

function from(
  document: RegoValue,
  operation: ReadonlyMap<RegoValue, RegoValue>,
  use: (value: RegoValue) => RegoValue | BuiltinError,
): RegoValue | BuiltinError {
  const path = readPath(operation.get('from'));
  if (path === null) return fail('an operation needs from');
  const value = find(document, path);
  return value === undefined ? NOTHING_THERE : use(value);
}

const NOTHING_THERE = fail('there is nothing at a path');

function move(document: RegoValue, path: Path, operation: ReadonlyMap<RegoValue, RegoValue>) {
  return from(document, operation, (value) => {
    const rest = remove(document, readPath(operation.get('from')) ?? []);
    return rest instanceof BuiltinError ? rest : add(rest, path, value);
  });
}

function find(document: RegoValue, [first, ...rest]: Path): RegoValue | undefined {
  if (first === undefined) return document;
  const inner = isList(document)
    ? document[indexOf(first, document.length)]
    : isObject(document)
      ? document.get(first)
      : undefined;
  return inner === undefined ? undefined : find(inner, rest);
}

/** A position in a list; -1: none. */
function indexOf(key: RegoValue, length: number): number {
  const index = typeof key === 'string' && /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : key;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index <= length ? index : -1;
}

type Edit = (container: RegoValue, key: RegoValue) => RegoValue | BuiltinError;

/** The document with a container inside it edited. */
function edit(document: RegoValue, [first, ...rest]: Path, change: Edit): RegoValue | BuiltinError {
  if (first === undefined) return NOTHING_THERE;
  if (rest.length === 0) return change(document, first);
  const inner = find(document, [first]);
  if (inner === undefined) return NOTHING_THERE;
  const edited = edit(inner, rest, change);
  return edited instanceof BuiltinError ? edited : put(document, first, edited);
}

function put(container: RegoValue, key: RegoValue, value: RegoValue): RegoValue | BuiltinError {
  if (isObject(container)) return new Map([...container, [key, value]]);
  return isList(container) ? container.with(indexOf(key, container.length), value) : NOTHING_THERE;
}

function add(document: RegoValue, path: Path, value: RegoValue): RegoValue | BuiltinError {
  if (path.length === 0) return value;
  return edit(document, path, (container, key) => {
    if (!isList(container)) return put(container, key, value);
    const index = key === '-' ? container.length : indexOf(key, container.length);
    return index < 0 ? NOTHING_THERE : container.toSpliced(index, 0, value);
  });
}

function remove(document: RegoValue, path: Path): RegoValue | BuiltinError {
  return edit(document, path, (container, key) => {
    if (find(container, [key]) === undefined) return NOTHING_THERE;
    if (isList(container)) return container.toSpliced(indexOf(key, container.length), 1);
    return isObject(container) ? new Map([...container].filter(([name]) => name !== key)) : NOTHING_THERE;
  });
}

function replace(document: RegoValue, path: Path, value: RegoValue): RegoValue | BuiltinError {
  if (path.length === 0) return value;
  return edit(document, path, (container, key) => {
    return find(container, [key]) === undefined ? NOTHING_THERE : put(container, key, value);
  });
}

function test(document: RegoValue, path: Path, value: RegoValue): RegoValue | BuiltinError {
  const found = find(document, path);
  const isSame = found !== undefined && writeValue(found) === writeValue(value);
  return isSame ? document : fail('a value is not the expected one');
}
