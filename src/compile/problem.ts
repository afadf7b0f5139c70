import type { Diagnostic, Excerpt } from '../base/diagnostic.ts';
import { canonicalName, type KeyPath, type Resource, type SourcedResource } from '../model/index.ts';

/** A mistake that only compiling finds, at `path` in its resource. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
  readonly suggestion: string | null;
  /** Line and column inside the text at `path` (an expression), `null` when the whole value is meant. */
  readonly inText: Position | null;
  /** Validation has told it with a warning, so that here it only says why the Service is broken. */
  readonly isTold?: true;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

export function problem(path: KeyPath, message: string, suggestion: string | null = null): Problem {
  return { path, message, suggestion, inText: null };
}

/** Problems of expressions, found by `policies/`, whose paths begin at `start`. */
export function expressionProblems(
  start: KeyPath,
  found: readonly { path?: KeyPath; line: number; column: number; message: string; suggestion: string | null }[],
): Problem[] {
  return found.map(({ path = [], line, column, message, suggestion }) => ({
    path: [...start, ...path],
    message,
    suggestion,
    inText: { line, column },
  }));
}

/** A resource with its text; the parts of a `SourcedResource` that any kind of it has. */
type Located = Pick<SourcedResource, 'resource' | 'source'>;

export function toDiagnostic({ resource, source }: Located, found: Problem): Diagnostic {
  const { path } = found;
  const text = textAt(resource, path);
  const inText = found.inText === null ? null : beforeEmptyEnd(text, found.inText);
  const place = inText === null ? source.locate(path) : source.locateInText(path, inText.line, inText.column);
  return {
    severity: 'error',
    ...place,
    path: dotted(path),
    message: found.message,
    suggestion: found.suggestion,
    resource: nameOf(resource),
    ...(inText !== null && excerptOf(text, inText)),
  };
}

function excerptOf(text: string | null, { line, column }: Position): { excerpt?: Excerpt } {
  const excerpt = text?.split('\n')[line - 1];
  return excerpt === undefined ? {} : { excerpt: { text: excerpt, column } };
}

/** What is missed at the end of a text is missed behind its last word, not below the line breaks after it. */
function beforeEmptyEnd(text: string | null, place: Position): Position {
  const lines = text?.trimEnd().split('\n') ?? [];
  const last = lines.at(-1);
  return last === undefined || place.line <= lines.length
    ? place
    : { line: lines.length, column: [...last].length + 1 };
}

function textAt(resource: Resource, path: KeyPath): string | null {
  const inner = (value: unknown, key: string | number): unknown =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Readonly<Record<string | number, unknown>>)[key]
      : null;
  const value = path.reduce(inner, resource);
  return typeof value === 'string' ? value : null;
}

export function nameOf({ kind, metadata }: Resource): string {
  return `${kind}/${canonicalName(kind, metadata.name)}`;
}

/** `spec.rules[0].condition`, as in all diagnostics. */
export function dotted(path: KeyPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
