import { BuiltinError, type BuiltinResult, isList, isObject, type RegoObject, type RegoValue } from '../value.ts';
import { fail } from './builtin.ts';
import { Patched, type Path, type Result } from './patched.ts';
import type { Work } from './work.ts';

/** No value nests deeper, and none must come to by a patch. */
const LONGEST_PATH = 500;

/**
 * The document after all operations, in order; an error when one of them cannot be done.
 *
 * @throws OverWork: a few operations that copy the document into itself make gigabytes of it
 */
export function patch(document: RegoValue, operations: readonly RegoValue[], work: Work): BuiltinResult {
  let result: Result = document;
  for (const operation of operations) {
    if (!isObject(operation)) return fail('an operation must be an object');
    const step = STEPS.get(operation.get('op') ?? null);
    const path = readPath(operation.get('path'));
    if (step === undefined || path === null) return fail('an operation needs op and path');
    if (path.length > LONGEST_PATH) return fail('a path is too long');
    result = step(new Patched(result, work), path, operation);
    if (result instanceof BuiltinError) return result;
  }
  return result;
}

type Step = (patched: Patched, path: Path, operation: RegoObject) => Result;

/** The operations of RFC 6902. */
const STEPS: ReadonlyMap<RegoValue, Step> = new Map<RegoValue, Step>([
  ['add', (patched, path, operation) => withValue(operation, (value) => patched.add(path, value))],
  ['remove', (patched, path) => patched.remove(path)],
  ['replace', (patched, path, operation) => withValue(operation, (value) => patched.replace(path, value))],
  ['test', (patched, path, operation) => withValue(operation, (value) => patched.test(path, value))],
  ['copy', (patched, path, operation) => withFrom(operation, (from) => patched.copy(from, path))],
  ['move', (patched, path, operation) => withFrom(operation, (from) => patched.move(from, path))],
]);

/** A JSON pointer, whose first slash may be left out, or a list. */
function readPath(path: RegoValue | undefined): Path | null {
  if (path !== undefined && isList(path)) return path;
  if (typeof path !== 'string') return null;
  const plain = path.replace(/^\//, '');
  if (plain === '') return [];
  return plain.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withValue(operation: RegoObject, use: (value: RegoValue) => Result): Result {
  const value = operation.get('value');
  return value === undefined ? fail('an operation needs a value') : use(value);
}

function withFrom(operation: RegoObject, use: (path: Path) => Result): Result {
  const path = readPath(operation.get('from'));
  return path === null || path.length > LONGEST_PATH ? fail('an operation needs from') : use(path);
}
