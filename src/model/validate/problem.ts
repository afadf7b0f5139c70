import type { Diagnostic } from '../../base/diagnostic.ts';
import type { KeyPath, Source } from '../source.ts';

/** A mistake at a place in a value; with the text's `Source` it becomes a `Diagnostic`. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly path: KeyPath;
  /** Whether the key itself is wrong, or its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly suggestion: string | null;
  /** Keys that are missing, any one of which would do; empty when nothing is missing. */
  readonly wants: readonly string[];
}

type Rest = Partial<Pick<Problem, 'severity' | 'at' | 'suggestion' | 'wants'>>;

export function problem(path: KeyPath, message: string, rest: Rest = {}): Problem {
  return { severity: 'error', at: 'value', suggestion: null, wants: [], ...rest, path, message };
}

export function locateProblem(found: Problem, source: Source, resource: string | null): Diagnostic {
  const place = found.at === 'key' ? source.locateKey(found.path) : source.locate(found.path);
  const { severity, message, suggestion } = found;
  return { ...place, severity, path: pathText(found.path), message, suggestion, resource };
}

/** `spec.rules[0].condition`. */
export function pathText(path: KeyPath): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
}

export function isWithin(path: KeyPath, outer: KeyPath): boolean {
  return outer.length <= path.length && outer.every((key, i) => key === path[i]);
}
