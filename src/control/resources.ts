import type { Diagnostic } from '../base/diagnostic.ts';
import type { BrokenResource, Resource, Source, SourcedResource } from '../model/index.ts';
import { keyOf } from './key.ts';

/** Where a resource comes from decides who may change it: those of files are read-only at run time. */
export type Origin = 'file' | 'store';

export interface Owned extends SourcedResource {
  readonly origin: Origin;
}

/** Everything that is configured, wherever it comes from. */
export interface Configured {
  readonly owned: readonly Owned[];
  readonly broken: readonly BrokenResource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A resource of the store has no text any more; its place is its name. */
export function storeSource(resource: Resource): Source {
  const place = { file: `store:${keyOf(resource)}`, line: 1, column: 1 };
  return { file: place.file, locate: () => place, locateKey: () => place, locateInText: () => place };
}

/** Joins what files and store say. In a clash the store keeps its resource, and the file is told. */
export function mergeOrigins(files: readonly SourcedResource[], store: readonly SourcedResource[]): Configured {
  const stored = new Set(store.map(({ resource }) => keyOf(resource)));
  const clashes = files.filter(({ resource }) => stored.has(keyOf(resource)));
  const clashing = new Set(clashes);
  return {
    owned: [
      ...store.map((one): Owned => ({ ...one, origin: 'store' })),
      ...files.filter((one) => !clashing.has(one)).map((one): Owned => ({ ...one, origin: 'file' })),
    ],
    broken: [],
    diagnostics: clashes.map(clash),
  };
}

function clash({ resource, source }: SourcedResource): Diagnostic {
  return {
    severity: 'error',
    ...source.locate(['metadata', 'name']),
    path: 'metadata.name',
    message: `${keyOf(resource)} is in the store too`,
    suggestion: `delete one of them: ostiary delete ${resource.kind.toLowerCase()} ${resource.metadata.name}`,
    resource: keyOf(resource),
  };
}
