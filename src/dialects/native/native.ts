import type { Diagnostic } from '../../base/diagnostic.ts';
import type { BrokenResource, SourcedResource } from '../../model/index.ts';
import type { Dialect, Translation } from '../dialect.ts';
import type { YamlDocument } from '../yaml.ts';
import { readDocument } from './document.ts';

const API_VERSION = /^core\//;

/** The YAML form of the model itself. */
export const nativeDialect: Dialect = {
  name: 'native',
  recognises(document) {
    if (typeof document !== 'object' || document === null) return false;
    const { kind, apiVersion } = document as { kind?: unknown; apiVersion?: unknown };
    return typeof kind === 'string' && (apiVersion === undefined || API_VERSION.test(String(apiVersion)));
  },
  translate,
};

function translate(documents: readonly YamlDocument[]): Translation {
  const resources: SourcedResource[] = [];
  const broken: BrokenResource[] = [];
  const diagnostics: Diagnostic[] = [];
  let unreadable = false;
  for (const document of documents) {
    const read = readDocument(document);
    diagnostics.push(...read.diagnostics);
    if (read.kind === 'sound') resources.push(read.resource);
    if (read.kind === 'broken') broken.push(read.broken);
    if (read.kind === 'unreadable') unreadable = true;
  }
  return { resources, broken, diagnostics, unreadable };
}
