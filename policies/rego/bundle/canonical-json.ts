import { createHash, type Hash } from 'node:crypto';
import { AppError } from '../../../src/base/errors.ts';

/** Deeper documents are refused rather than walked. */
const MAX_DEPTH = 500;

/**
 * SHA-256 of a JSON document in the form that signatures of OPA bundles use, which does not depend on white space or
 * on the order of keys: keys are sorted by their bytes, numbers keep the text that they were written in.
 *
 * @throws AppError when it is not JSON
 */
export function canonicalJsonSha256(json: Buffer): string {
  const hash = createHash('sha256');
  write(parseKeepingNumbers(json), hash, 0);
  return hash.digest('hex');
}

/** A number as it was written: `1.0` and `1` are two texts. */
class NumberText {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What `JSON.parse` hands to its reviver beside key and value (ECMAScript, JSON.parse source text access). */
interface ParseContext {
  readonly source?: string;
}

type Revive = (this: unknown, key: string, value: unknown, context: ParseContext) => unknown;

function parseKeepingNumbers(json: Buffer): unknown {
  const keepNumber: Revive = (_, value, { source }) => {
    return typeof value === 'number' && source !== undefined ? new NumberText(source) : value;
  };
  try {
    return JSON.parse(json.toString('utf8'), keepNumber as (key: string, value: unknown) => unknown);
  } catch {
    throw new AppError('invalid', 'it is not JSON');
  }
}

function write(value: unknown, hash: Hash, depth: number): void {
  if (depth > MAX_DEPTH) throw new AppError('invalid', `it nests deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) writeList(value, hash, depth);
  else if (value instanceof NumberText) hash.update(value.source);
  else if (typeof value === 'object' && value !== null) writeObject(value, hash, depth);
  else hash.update(typeof value === 'string' ? stringText(value) : JSON.stringify(value));
}

function writeList(items: readonly unknown[], hash: Hash, depth: number): void {
  hash.update('[');
  for (const [i, item] of items.entries()) {
    if (i > 0) hash.update(',');
    write(item, hash, depth + 1);
  }
  hash.update(']');
}

function writeObject(object: object, hash: Hash, depth: number): void {
  const entries = Object.entries(object).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  hash.update('{');
  for (const [i, [key, value]] of entries.entries()) {
    hash.update(`${i > 0 ? ',' : ''}${stringText(key)}:`);
    write(value, hash, depth + 1);
  }
  hash.update('}');
}

/** As Go's encoder writes it: two line separators are escaped too. */
function stringText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
