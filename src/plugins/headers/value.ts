import type { CompiledText } from '../../../policies/text.ts';
import { AppError } from '../../base/errors.ts';
import { isHeaderValue, toHeaderValue } from '../../base/header-text.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression, type Expression, sourceOf } from '../expression.ts';

/** Octets of one value; upstreams commonly accept no more than this in a whole head. */
const LONGEST_VALUE = 8192;

/** A header value as configured: fixed, or made for each exchange. `null`: there is nothing to set. */
export type ValueSource = (x: Exchange) => string | null;

/** @throws AppError `invalid` when the value cannot stand in a header. */
export function fixedValue(text: string): ValueSource {
  const value = toHeaderValue(text);
  if (!isUsable(value)) throw new AppError('invalid', 'a header value holds a control character or is too long');
  return () => value;
}

/**
 * The source throws when the expression fails, which refuses the request: never a silent, empty header. `null`: there is
 * no expression. `path` leads to what has it.
 */
export function evaluatedValue(expression: Expression, path: KeyPath, deps: PluginDeps): ValueSource | null {
  const program = compileExpression(expression, path, deps);
  if (program === null) return null;
  const source = sourceOf(expression);
  return program.constant === undefined ? (x) => evaluate(program, source, x) : fixedValue(program.constant);
}

function evaluate(program: CompiledText, source: string, { input }: Exchange): string | null {
  if (input === null) throw new AppError('internal', 'a header expression ran before its input was there');
  const result = program.evaluate(input);
  switch (result.kind) {
    case 'absent':
      return null;
    case 'error':
      throw new AppError('refused', `the header expression ${source} failed: ${result.detail}`);
    case 'text':
      return checked(toHeaderValue(result.text), source);
  }
}

/** What the expression gave may come from the request, so it is not quoted. */
function checked(value: string, source: string): string {
  if (isUsable(value)) return value;
  throw new AppError('refused', `the header expression ${source} gave a control character or too long a value`);
}

function isUsable(value: string): boolean {
  return value.length <= LONGEST_VALUE && isHeaderValue(value);
}
