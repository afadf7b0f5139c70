import type { ExpressionProblem } from '../../engine.ts';
import { Failure, failure } from '../../values/failure.ts';
import type { Value } from '../../values/value.ts';
import { compile, type Expression } from '../cel.ts';
import { positionOf } from '../syntax/position.ts';
import { variablesOf } from './context.ts';
import { environmentOf } from './environment.ts';
import { isObject } from './read-value.ts';
import { showValue } from './show-value.ts';
import { writeValue } from './write-value.ts';

export type Evaluated =
  /** The value as an expression would write it, and in the typed JSON form. */
  | { readonly ok: true; readonly text: string; readonly json: string }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/**
 * Checks and evaluates an expression of a policy, once.
 *
 * @param context plain data for `ctx`; `undefined`: there is no request
 * @param time milliseconds since 1970
 */
export function evaluate(source: string, context: unknown, time: number): Evaluated {
  const compiled = compile(source, { ...environmentOf('', []), comparesMixedNumbers: true });
  if (!compiled.ok) return compiled;
  const variables = context === undefined ? NOTHING : isObject(context) ? variablesOf(context) : null;
  const result = variables === null ? NO_MAP : compiled.expression.run(variables, time);
  if (!(result instanceof Failure)) return { ok: true, text: showValue(result), json: writeValue(result) };
  const place = positionOf(source, Math.max(0, result.at));
  const suggestion = context === undefined && readsContext(compiled.expression) ? 'give ctx a value with --ctx' : null;
  return { ok: false, problems: [{ ...place, message: result.message, suggestion }] };
}

function readsContext({ names }: Expression): boolean {
  return [...names].some((name) => /^ctx(\.|$)/.test(name));
}

const NOTHING: ReadonlyMap<string, Value> = new Map();
const NO_MAP = failure('the file of ctx holds no mapping');
