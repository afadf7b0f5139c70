import { OVER_BUDGET, spendText } from '../../../values/budget.ts';
import type { ListValue, Result } from '../../../values/value.ts';
import { BYTES, listOf, param, STRING } from '../../types/type.ts';
import { fn } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';

const LIST = listOf(param('A'));

function joinTexts(a: string, b: string, caller: Caller): Result {
  return spendText(a.length + b.length, caller) ? a + b : OVER_BUDGET;
}

/** Units that a new array of bytes takes. */
const ARRAY_COST = 50;

function joinBytes(a: Uint8Array, b: Uint8Array, caller: Caller): Result {
  if (!caller.spend(ARRAY_COST) || !spendText(a.length + b.length, caller)) return OVER_BUDGET;
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function joinLists(a: ListValue, b: ListValue, caller: Caller): Result {
  return caller.spend((a.length + b.length) >>> 1) ? [...a, ...b] : OVER_BUDGET;
}

export const CONCATENATION: readonly Overload[] = [
  fn('add_string', '_+_', [STRING, STRING], STRING, { arity: 2, fn: joinTexts }),
  fn('add_bytes', '_+_', [BYTES, BYTES], BYTES, { arity: 2, fn: joinBytes }),
  fn('add_list', '_+_', [LIST, LIST], LIST, { arity: 2, fn: joinLists }),
];
