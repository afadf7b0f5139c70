import type { Diagnostic } from '../base/diagnostic.ts';
import { readNative } from '../dialects/native/read.ts';
import type { BrokenResource, SourcedResource } from '../model/index.ts';
import type { ConfigText } from './sources/files.ts';

/** What texts say, and what is wrong with them. */
export interface ReadResult {
  readonly resources: readonly SourcedResource[];
  readonly broken: readonly BrokenResource[];
  readonly diagnostics: readonly Diagnostic[];
  /** Files that are not YAML, such as half-written ones, or hold something that nobody can say what it is. */
  readonly unreadable: readonly string[];
}

export const NOTHING_READ: ReadResult = { resources: [], broken: [], diagnostics: [], unreadable: [] };

export function readTexts(texts: readonly ConfigText[]): ReadResult {
  const all = texts.map(({ file, text }) => ({ file, ...readNative(text, file) }));
  return {
    resources: all.flatMap((one) => one.resources),
    broken: all.flatMap((one) => one.broken),
    diagnostics: all.flatMap((one) => one.diagnostics),
    unreadable: all.filter((one) => one.unreadable).map((one) => one.file),
  };
}
