import { type Diagnostic, sortDiagnostics } from '../base/diagnostic.ts';
import type { SecretValue } from '../base/secret-value.ts';
import type { CompileInput, CompileResult } from '../compile/compile.ts';
import {
  type BrokenResource,
  checkSome,
  type Resource,
  refuseFaulty,
  type SourcedResource,
  secretData,
} from '../model/index.ts';
import { settleDuplicates } from './duplicates.ts';
import { keyFor, keyOf } from './key.ts';
import type { ReadResult } from './read.ts';
import { mergeOrigins, type Owned } from './resources.ts';

/** Everything that was made of one set of texts and stored resources. */
export interface Assembly {
  readonly owned: readonly Owned[];
  readonly broken: readonly BrokenResource[];
  readonly compiled: CompileResult;
  /** What `compiled` was made of. */
  readonly input: CompileInput;
  readonly diagnostics: readonly Diagnostic[];
}

export interface AssembleParts {
  readonly compile: (input: CompileInput) => CompileResult;
  readonly files: ReadResult;
  readonly stored: readonly SourcedResource[];
  /** What the generation before had. */
  readonly before?: readonly Owned[];
  /** Whether the store holds a value of the Secret of that name. */
  readonly isSealed: (name: string) => boolean;
}

/** Checks and compiles. Nothing here has an effect outside; `compiled.commit` or `discard` decides. */
export function assemble(parts: AssembleParts): Assembly {
  const { compile, files, stored } = parts;
  const merged = mergeOrigins(files.resources, stored);
  const checked = refuseFaulty(merged.owned, {
    unknownSecret: 'warning',
    broken: files.broken,
    secrets: parts.isSealed,
  });
  const settled = settleDuplicates(merged.owned, parts.before ?? []);
  const broken = [...files.broken, ...settled.broken];
  const faults = new Map(checked.broken.map(({ kind, name, because }) => [keyFor(kind, name), because]));
  const input: CompileInput = { resources: settled.resources, broken, faults };
  const compiled = compile(input);
  const diagnostics = [...files.diagnostics, ...merged.diagnostics, ...checked.diagnostics, ...compiled.diagnostics];
  return { owned: settled.resources, broken, compiled, input, diagnostics: sortDiagnostics(diagnostics) };
}

/**
 * References to Secrets that nobody has: a warning as long as a file may run ahead of them, an error on apply.
 * @param put keys of the resources that are asked about
 */
export function unknownSecretErrors(
  { owned, broken }: Pick<Assembly, 'owned' | 'broken'>,
  put: ReadonlySet<string>,
  secrets: AssembleParts['isSealed'],
): Diagnostic[] {
  const options = { broken, secrets };
  const asked = owned.filter(({ resource }) => put.has(keyOf(resource)));
  const tolerated = new Set(checkSome(asked, owned, { ...options, unknownSecret: 'warning' }).map(identity));
  const strict = checkSome(asked, owned, { ...options, unknownSecret: 'error' });
  return strict.filter((found) => !tolerated.has(identity(found)));
}

/** Two diagnostics of one identity say the same of the same place. */
export function identity({ severity, file, line, column, path, message }: Diagnostic): string {
  return [severity, file, line, column, path, message].join('\0');
}

/** Values of Secrets that files bring; they are held in memory only. */
export function secretsOfFiles(owned: readonly Owned[]): Map<string, SecretValue> {
  return new Map(
    owned.flatMap(({ resource, origin }) => {
      const value = origin === 'file' && resource.kind === 'Secret' ? secretData(resource) : null;
      return value === null ? [] : [[resource.metadata.name, value] as const];
    }),
  );
}

export function ownerOf(owned: readonly Owned[], kind: Resource['kind'], name: string): Owned | null {
  const key = keyFor(kind, name);
  return owned.find(({ resource }) => keyOf(resource) === key) ?? null;
}
