import { type CelError, type CelResult, isCelError } from '@bufbuild/cel';
import type { Evaluation } from '../engine.ts';
import { fromCel } from './values.ts';

/** The package gives text only; the length in its index errors is -1 when a list or map has no such index. */
const MISSING = [/^field not found: /, /^index -?\d+ out of bounds \[0, -1\)$/, /^unresolved attribute$/];

/** @throws when a result has no language-independent form. */
export function toEvaluation(result: CelResult): Evaluation {
  if (!isCelError(result)) return { kind: 'value', value: fromCel(result) };
  const grave = errorsOf(result).find((error) => !isMissing(error));
  const message = (grave ?? result).message;
  return { kind: grave === undefined ? 'missing' : 'error', message };
}

/** An error of `&&` and `||` carries those of the other operands as its cause. */
function errorsOf(error: CelError): CelError[] {
  const rest: unknown[] = Array.isArray(error.cause) ? error.cause : [];
  return [error, ...rest.filter(isCelError).flatMap(errorsOf)];
}

/** What a function has thrown has an `Error` for its cause, whatever its text says. */
function isMissing(error: CelError): boolean {
  return !(error.cause instanceof Error) && MISSING.some((pattern) => pattern.test(error.message));
}
