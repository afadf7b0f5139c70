import { RE2JS, RE2Set } from 're2js';
import { Lru } from '../../../../src/base/lru.ts';
import { OVER_BUDGET, spendSearch } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import type { Result, Value } from '../../../values/value.ts';
import type { Caller, Run } from '../overload.ts';
import { patternWeight } from './pattern-weight.ts';

/** Whether a text has the pattern in it. */
type Search = (text: string, caller: Caller) => Result;

/** Of patterns that come out of requests. */
const searches = new Lru<string, Search | Failure>(250);
/** What the states of such a pattern may take, in bytes: of all of them together 32 MiB. */
const STATES = 128 * 1024;
/** Of a pattern that comes out of a request, UTF-16 units. */
const LONGEST_PATTERN = 1000;
/** Of any pattern, in steps with its repetitions written out. */
const HEAVIEST_PATTERN = 10_000;
/** What compiling a pattern takes, and each step of it. */
const COMPILE_COST = 3000;
const COMPILE_COST_OF_STEP = 200;

const TOO_LONG = failure('the pattern is too long');
const TOO_HEAVY = failure('the pattern repeats too much');
const NO_PATTERN = failure('the pattern is not valid RE2 syntax');

/** `text.matches(pattern)` with a pattern that is not known ahead. */
export function matches(text: string, pattern: string, caller: Caller): Result {
  const search = searches.get(pattern) ?? remember(pattern, caller);
  return search instanceof Failure ? search : search(text, caller);
}

function remember(pattern: string, caller: Caller): Search | Failure {
  if (pattern.length > LONGEST_PATTERN) return TOO_LONG;
  if (!caller.spend(COMPILE_COST + patternWeight(pattern) * COMPILE_COST_OF_STEP)) return OVER_BUDGET;
  const search = literalSearch(pattern) ?? foreignSearch(pattern);
  searches.set(pattern, search);
  return search;
}

/** Compiles the pattern of a call that has a constant one. */
export function prepareMatches([, pattern]: readonly (Value | undefined)[]): Run | Failure {
  if (typeof pattern !== 'string') return { arity: 2, fn: matches };
  const search = literalSearch(pattern) ?? ownSearch(pattern);
  if (search instanceof Failure) return search;
  return { arity: 2, fn: (text: string, _pattern: string, caller: Caller) => search(text, caller) };
}

/** Many patterns are but a text, with `^` or `$`. */
function literalSearch(pattern: string): Search | null {
  const [, start, text, end] = /^(\^?)([^\\^$.|?*+()[\]{}]*)(\$?)$/.exec(pattern) ?? [];
  if (text === undefined) return null;
  if (start === '') return end === '' ? includes(text) : (value) => value.endsWith(text);
  return end === '' ? (value) => value.startsWith(text) : (value) => value === text;
}

function includes(part: string): Search {
  return (text, caller) => (spendSearch(text.length, part.length, caller) ? text.includes(part) : OVER_BUDGET);
}

/** Of a pattern that is written in a policy. */
function ownSearch(pattern: string): Search | Failure {
  return linear(pattern, () => {
    const re2 = RE2JS.compile(pattern);
    return { size: re2.programSize(), test: (text) => re2.test(text) };
  });
}

/** Of a pattern that comes out of a request, whose states have little room. */
function foreignSearch(pattern: string): Search | Failure {
  return linear(pattern, () => {
    const set = new RE2Set(RE2Set.UNANCHORED, 0, STATES);
    set.add(pattern);
    set.compile();
    return { size: set.prog.numInst(), test: (text) => set.match(text).length > 0 };
  });
}

/** A pattern as it was compiled. */
interface Automaton {
  readonly size: number;
  readonly test: (text: string) => boolean;
}

/** Takes time linear to the text, and to the size of the pattern at worst. What is made at the first use is made now. */
function linear(pattern: string, compile: () => Automaton): Search | Failure {
  if (patternWeight(pattern) > HEAVIEST_PATTERN) return TOO_HEAVY;
  try {
    const { size, test } = compile();
    test('');
    return (text, caller) => (caller.spend((1 + text.length) * size) ? test(text) : OVER_BUDGET);
  } catch {
    return NO_PATTERN;
  }
}
