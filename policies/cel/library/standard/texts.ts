import { OVER_BUDGET, spendSearch, spendText } from '../../../values/budget.ts';
import type { Result } from '../../../values/value.ts';
import { BOOL, STRING } from '../../types/type.ts';
import { fn, method } from '../declare.ts';
import type { Caller, Overload } from '../overload.ts';
import { matches, prepareMatches } from './matches.ts';

function contains(text: string, part: string, caller: Caller): Result {
  return spendSearch(text.length, part.length, caller) ? text.includes(part) : OVER_BUDGET;
}

function startsWith(text: string, start: string, caller: Caller): Result {
  return spendText(start.length, caller) ? text.startsWith(start) : OVER_BUDGET;
}

function endsWith(text: string, end: string, caller: Caller): Result {
  return spendText(end.length, caller) ? text.endsWith(end) : OVER_BUDGET;
}

const TWO_TEXTS = [STRING, STRING];
const PREPARED = { prepare: prepareMatches };

export const TEXTS: readonly Overload[] = [
  method('contains_string', 'contains', TWO_TEXTS, BOOL, { arity: 2, fn: contains }),
  method('starts_with_string', 'startsWith', TWO_TEXTS, BOOL, { arity: 2, fn: startsWith }),
  method('ends_with_string', 'endsWith', TWO_TEXTS, BOOL, { arity: 2, fn: endsWith }),
  method('matches_string', 'matches', TWO_TEXTS, BOOL, { arity: 2, fn: matches }, PREPARED),
  fn('matches', 'matches', TWO_TEXTS, BOOL, { arity: 2, fn: matches }, PREPARED),
];
