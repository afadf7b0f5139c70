import type { Translation } from '../dialect.ts';
import { readYaml } from '../yaml.ts';
import { nativeDialect } from './native.ts';

export interface NativeText extends Translation {
  /** The text is not YAML at all, so nothing of it was read. */
  readonly syntaxError: boolean;
}

/** Reads a YAML text of any number of documents. Every mistake is reported at once. */
export function readNative(text: string, file: string): NativeText {
  const { documents, syntaxErrors } = readYaml(text, file);
  if (syntaxErrors.length > 0) return { resources: [], broken: [], diagnostics: syntaxErrors, syntaxError: true };
  return { ...nativeDialect.translate(documents), syntaxError: false };
}
