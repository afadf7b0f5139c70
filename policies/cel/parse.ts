import { parse as parsePackage } from '@bufbuild/cel';
import { messageOf } from '../../src/base/errors.ts';
import type { ExpressionProblem } from '../engine.ts';
import type { Source } from './source.ts';
import type { Expr } from './syntax.ts';

const MAX_SOURCE_LENGTH = 10_000;

export type Parsed =
  | { readonly ok: true; readonly expr: Expr; readonly offsets: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly problem: ExpressionProblem };

/** What people write who know another language, and what CEL calls it. */
const HABITS: readonly (readonly [RegExp, string])[] = [
  [/^={1,2}/, 'did you mean "=="?'],
  [/^and\b/i, 'did you mean "&&"?'],
  [/^or\b/i, 'did you mean "||"?'],
  [/^not\b/i, 'did you mean "!"?'],
  [/^&/, 'did you mean "&&"?'],
  [/^\|/, 'did you mean "||"?'],
];

export function parse(source: Source): Parsed {
  if (source.text.length > MAX_SOURCE_LENGTH) {
    const message = `the expression is longer than ${MAX_SOURCE_LENGTH} characters`;
    return { ok: false, problem: source.problem(0, message) };
  }
  try {
    const { expr, sourceInfo } = parsePackage(source.text);
    return { ok: true, expr, offsets: sourceInfo?.positions ?? {} };
  } catch (thrown) {
    return { ok: false, problem: syntaxProblem(source, thrown) };
  }
}

function syntaxProblem(source: Source, thrown: unknown): ExpressionProblem {
  if (thrown instanceof RangeError) return source.problem(0, 'the expression is nested too deeply');
  const offset = offsetOf(thrown);
  if (offset === null) return source.problem(0, `the expression cannot be read: ${messageOf(thrown)}`);
  return source.problem(offset, describe(source.text, offset, thrown), habit(source.text.slice(offset)));
}

function describe(text: string, offset: number, thrown: unknown): string {
  if (text.trim() === '') return 'the expression is empty';
  if (offset >= text.length) return 'the expression ends too early';
  if (!hasFound(thrown)) return rawMessage(thrown);
  const found = text.slice(offset).match(/^\w+|^./su)?.[0] ?? '';
  const quote = found === '"' || found === "'";
  return quote ? 'this string is not closed, or has an invalid escape' : `unexpected "${found}"`;
}

function habit(rest: string): string | null {
  return HABITS.find(([pattern]) => pattern.test(rest))?.[1] ?? null;
}

/** The package's error carries `location.start.offset`, `found` and `rawMessage`. */
function offsetOf(thrown: unknown): number | null {
  const location = field(thrown, 'location');
  const offset = field(field(location, 'start'), 'offset');
  return typeof offset === 'number' ? offset : null;
}

function hasFound(thrown: unknown): boolean {
  return typeof field(thrown, 'found') === 'string';
}

function rawMessage(thrown: unknown): string {
  const raw = field(thrown, 'rawMessage');
  return typeof raw === 'string' ? raw : messageOf(thrown);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
