import type { Translation } from '../dialect.ts';
import { readYaml } from '../yaml.ts';
import { nativeDialect } from './native.ts';

/** Reads a YAML text of any number of documents. Every mistake is reported at once. */
export function readNative(text: string, file: string): Translation {
  const { documents, syntaxErrors } = readYaml(text, file);
  if (syntaxErrors.length > 0) return { resources: [], broken: [], diagnostics: syntaxErrors, unreadable: true };
  return nativeDialect.translate(documents);
}
