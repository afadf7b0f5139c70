import type { Diagnostic } from '../base/diagnostic.ts';
import { AppError } from '../base/errors.ts';
import type { LastGoodStore } from '../store/store.ts';
import { NOTHING_READ, type ReadResult, readTexts } from './read.ts';
import type { ConfigText, FileSource } from './sources/files.ts';
import { nothingIn } from './sources/listing.ts';

/**
 * Reads the files for a start. For a file that is not YAML at all, such as a half-written one, its last good text
 * stands in.
 * @throws AppError when a file cannot be read, or no good text of it was kept.
 */
export async function readOrLastGood(files: FileSource, lastGood: LastGoodStore): Promise<ReadResult> {
  const texts = await files.read();
  const read = await readAndRemember(texts, lastGood);
  if (read.unreadable.length === 0) return withEmptyDirectories(read, files);
  const again = readTexts(await Promise.all(texts.map((text) => goodText(text, read, lastGood))));
  const why = read.diagnostics.filter(({ file }) => read.unreadable.includes(file));
  if (again.unreadable.length > 0) throw notEvenLastGood(again, again.unreadable[0]!);
  return withEmptyDirectories({ ...again, diagnostics: [...why, ...again.diagnostics] }, files);
}

/**
 * Reads the files while a generation serves. What cannot be read is in `unreadable`.
 * @throws AppError when the store fails: nothing is wrong with the files then, so the same read is worth another try.
 */
export async function readAgain(files: FileSource, lastGood: LastGoodStore): Promise<ReadResult> {
  let texts: readonly ConfigText[];
  try {
    texts = await files.read();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ...NOTHING_READ, unreadable: ['-f'], diagnostics: [unreadablePath(thrown.message)] };
  }
  return withEmptyDirectories(await readAndRemember(texts, lastGood), files);
}

/** They may be filled later, and are likelier a mistake. */
function withEmptyDirectories(read: ReadResult, { empty }: FileSource): ReadResult {
  const warnings = empty.map((path): Diagnostic => ({ ...unreadablePath(nothingIn(path)), severity: 'warning' }));
  return { ...read, diagnostics: [...read.diagnostics, ...warnings] };
}

async function readAndRemember(texts: readonly ConfigText[], lastGood: LastGoodStore): Promise<ReadResult> {
  const read = await withEmptied(readTexts(texts), texts, lastGood);
  for (const { file, text } of texts) {
    if (!read.unreadable.includes(file)) await lastGood.put(file, text);
  }
  return read;
}

/** A file is empty for a moment while it is written, so one that lost everything counts as unreadable. */
async function withEmptied(
  read: ReadResult,
  texts: readonly ConfigText[],
  lastGood: LastGoodStore,
): Promise<ReadResult> {
  const emptied: string[] = [];
  for (const { file, text } of texts) {
    if (holdsSomething(text, file)) continue;
    if (holdsSomething((await lastGood.get(file)) ?? '', file)) emptied.push(file);
  }
  const diagnostics = [...read.diagnostics, ...emptied.map(emptiedFile)];
  return { ...read, diagnostics, unreadable: [...read.unreadable, ...emptied] };
}

/** Texts with a document are told from those without by their first lines already, so few are read twice. */
function holdsSomething(text: string, file: string): boolean {
  if (/^[^\s#-]/m.test(text)) return true;
  const { resources, broken, unreadable } = readTexts([{ file, text }]);
  return resources.length + broken.length + unreadable.length > 0;
}

function emptiedFile(file: string): Diagnostic {
  const message = 'the file holds nothing any more';
  const place = { file, line: 1, column: 1, path: '', resource: null };
  return { severity: 'error', ...place, message, suggestion: 'delete the file to remove its resources' };
}

async function goodText(text: ConfigText, read: ReadResult, lastGood: LastGoodStore): Promise<ConfigText> {
  if (!read.unreadable.includes(text.file)) return text;
  const good = await lastGood.get(text.file);
  if (good !== null) return { file: text.file, text: good };
  throw notEvenLastGood(read, text.file);
}

function notEvenLastGood(read: ReadResult, file: string): AppError {
  const first = read.diagnostics.find((one) => one.file === file && one.severity === 'error');
  const where = first === undefined ? file : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  return new AppError('invalid', `${where}; there is no last good version of this file to start with`);
}

/** Something about the files as a whole. */
export function unreadablePath(message: string): Diagnostic {
  const nowhere = { file: '-f', line: 1, column: 1, path: '', resource: null };
  return { severity: 'error', ...nowhere, message, suggestion: null };
}
