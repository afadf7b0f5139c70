/** A place in a configuration text. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A located message about configuration. An `error` refuses the resource; a `warning` does not. */
export interface Diagnostic extends Place {
  readonly severity: 'error' | 'warning';
  /** Dotted key path inside the document, such as `spec.config.upstream.url`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
  /** What to do about it, such as `did you mean "upstream"?`; `null` when there is nothing useful to say. */
  readonly suggestion: string | null;
  /** `Kind/name` of the resource that it is about, `null` when the text could not be read that far. */
  readonly resource: string | null;
  /** Of a mistake inside an expression; it holds nothing of the file beside that. */
  readonly excerpt?: Excerpt;
}

/** A line of an expression. */
export interface Excerpt {
  readonly text: string;
  /** From 1, in characters. */
  readonly column: number;
}

/** One line; with an excerpt, two more: that, and a mark below its column. */
export function formatDiagnostic(d: Diagnostic): string {
  const path = d.path === '' ? '' : ` ${d.path}:`;
  const suggestion = d.suggestion === null ? '' : ` (${d.suggestion})`;
  const excerpt = d.excerpt === undefined ? '' : `\n${formatExcerpt(d.excerpt)}`;
  return `${d.file}:${d.line}:${d.column}: ${d.severity}:${path} ${d.message}${suggestion}${excerpt}`;
}

/** Of a long line, what stands around the mark. */
const AROUND = 50;
/** What a terminal would obey, or show elsewhere. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function formatExcerpt({ text, column }: Excerpt): string {
  const characters = Array.from(text, (one) => (INVISIBLE.test(one) ? ' ' : one));
  const start = column - 1 > AROUND ? column - 1 - AROUND : 0;
  const end = column - 1 + AROUND;
  const before = start === 0 ? '' : '…';
  const shown = `${before}${characters.slice(start, end).join('')}${end < characters.length ? '…' : ''}`;
  return `    ${shown.trimEnd()}\n    ${' '.repeat(before.length + column - 1 - start)}^`;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** Reading order: by file, line, column. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.path, b.path),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
