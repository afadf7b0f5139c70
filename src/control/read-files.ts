import type { Diagnostic } from '../base/diagnostic.ts';
import { AppError } from '../base/errors.ts';
import type { LastGoodStore } from '../store/store.ts';
import { NOTHING_READ, type ReadResult, readTexts } from './read.ts';
import type { ConfigText, FileSource } from './sources/files.ts';

/**
 * Reads the files for a start. For a file that is not YAML at all, such as a half-written one, its last good text
 * stands in.
 * @throws AppError when a file cannot be read, or no good text of it was kept.
 */
export async function readOrLastGood(files: FileSource, lastGood: LastGoodStore): Promise<ReadResult> {
  const texts = await files.read();
  const read = await readAndRemember(texts, lastGood);
  if (read.unreadable.length === 0) return read;
  const again = readTexts(await Promise.all(texts.map((text) => goodText(text, read, lastGood))));
  const why = read.diagnostics.filter(({ file }) => read.unreadable.includes(file));
  return { ...again, diagnostics: [...why, ...again.diagnostics] };
}

/** Reads the files while a generation serves. What cannot be read is in `unreadable`. */
export async function readAgain(files: FileSource, lastGood: LastGoodStore): Promise<ReadResult> {
  try {
    return await readAndRemember(await files.read(), lastGood);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ...NOTHING_READ, unreadable: ['-f'], diagnostics: [unreadablePath(thrown)] };
  }
}

async function readAndRemember(texts: readonly ConfigText[], lastGood: LastGoodStore): Promise<ReadResult> {
  const read = readTexts(texts);
  for (const { file, text } of texts) {
    if (!read.unreadable.includes(file)) await lastGood.put(file, text);
  }
  return read;
}

async function goodText(text: ConfigText, read: ReadResult, lastGood: LastGoodStore): Promise<ConfigText> {
  if (!read.unreadable.includes(text.file)) return text;
  const good = await lastGood.get(text.file);
  if (good !== null) return { file: text.file, text: good };
  const first = read.diagnostics.find(({ file }) => file === text.file);
  const where = first === undefined ? text.file : `${first.file}:${first.line}:${first.column}: ${first.message}`;
  throw new AppError('invalid', `${where}; there is no last good version of this file to start with`);
}

function unreadablePath(error: AppError): Diagnostic {
  const nowhere = { file: '-f', line: 1, column: 1, path: '', resource: null };
  return { severity: 'error', ...nowhere, message: error.message, suggestion: null };
}
