import { AppError } from '../../../src/base/errors.ts';
import type { ArchiveFile } from '../tar.ts';
import { isWithinRoots } from './manifest.ts';

type Document = { [key: string]: unknown };

/**
 * JSON of the document `data`: each `a/b/data.json` stands at `data.a.b`.
 *
 * @throws AppError when a file is not a JSON object, says something else than another one, or is outside of the roots
 */
export function readData(files: readonly ArchiveFile[], roots: readonly string[]): Buffer {
  const data = emptyDocument();
  const found = files.filter(isData);
  for (const file of found) {
    const path = file.name.split('/').slice(0, -1);
    merge(descend(data, path), parse(file), path.join('/'));
  }
  const foreign = firstOutside(data, roots, '');
  if (foreign !== null) throw unusable(`"${foreign}" is outside of the roots of its manifest`);
  const [only, another] = found;
  // Large numbers keep their digits only where nothing has to be put together, which opa build has done already.
  return only?.name === 'data.json' && another === undefined ? only.bytes : Buffer.from(JSON.stringify(data));
}

function isData({ name }: ArchiveFile): boolean {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (base === 'data.yaml' || base === 'data.yml')
    throw unusable(`"${name}" is not read; opa build makes data.json of it`);
  return base === 'data.json';
}

function parse({ name, bytes }: ArchiveFile): Document {
  const value = parseJson(name, bytes);
  if (!isDocument(value)) throw unusable(`"${name}" is not a JSON object`);
  return value;
}

function parseJson(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unusable(`"${name}" is not JSON`);
  }
}

/** Without a prototype, so that a file may use any name. */
function emptyDocument(): Document {
  return Object.create(null) as Document;
}

function descend(data: Document, path: readonly string[]): Document {
  let at = data;
  for (const part of path) {
    const next = own(at, part) ?? emptyDocument();
    if (!isDocument(next)) throw unusable(`two files say what "${path.join('/')}" is`);
    put(at, part, next);
    at = next;
  }
  return at;
}

function merge(into: Document, from: Document, path: string): void {
  for (const [key, value] of Object.entries(from)) {
    const known = own(into, key);
    if (known === undefined) {
      put(into, key, value);
      continue;
    }
    if (!isDocument(known) || !isDocument(value)) throw unusable(`two files say what "${path}/${key}" is`);
    merge(known, value, `${path}/${key}`);
  }
}

function own(document: Document, key: string): unknown {
  return Object.hasOwn(document, key) ? document[key] : undefined;
}

/** Also for `__proto__`, which an assignment takes for something else. */
function put(document: Document, key: string, value: unknown): void {
  Object.defineProperty(document, key, { value, enumerable: true, configurable: true, writable: true });
}

/** The first path that no root covers, `null` when all are; a document above a root is no path of its own. */
function firstOutside(document: Document, roots: readonly string[], at: string): string | null {
  for (const [key, value] of Object.entries(document)) {
    const path = at === '' ? key : `${at}/${key}`;
    if (isWithinRoots(path, roots)) continue;
    const isAbove = roots.some((root) => root.startsWith(`${path}/`));
    if (!isAbove || !isDocument(value)) return path;
    const outside = firstOutside(value, roots, path);
    if (outside !== null) return outside;
  }
  return null;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unusable(why: string): AppError {
  return new AppError('invalid', `the data of the bundle cannot be used: ${why}`);
}
