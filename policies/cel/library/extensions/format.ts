import { OVER_BUDGET, spendText } from '../../../values/budget.ts';
import { Failure, failure } from '../../../values/failure.ts';
import { type ListValue, type Result, Uint, type Value } from '../../../values/value.ts';
import { DYN, listOf, STRING } from '../../types/type.ts';
import { method } from '../declare.ts';
import type { Caller, Overload, Run } from '../overload.ts';
import { fixedText, plainText, scientificText } from './decimal.ts';
import { shownText } from './format-value.ts';

/** What stands for one argument: `%.3f`. */
interface Clause {
  readonly verb: Verb;
  /** Digits after the point. */
  readonly precision: number;
}

/** Gives the text of an argument. */
type Verb = (value: Value, precision: number, caller: Caller) => string | Failure;

/** A text, and what follows it; the last one is followed by nothing. */
interface Piece {
  readonly text: string;
  readonly clause: Clause | null;
}

const USUAL_PRECISION = 6;
const LARGEST_PRECISION = 1000;

/** Units that a clause takes, and each digit after its point. */
const CLAUSE_COST = 100;
const DIGIT_COST = 4;

const NO_CLAUSE = failure('unknown formatting clause: expected %s %d %f %e %b %o %x %X or %%');
const NO_PRECISION = failure(`the precision of a formatting clause has to be a number up to ${LARGEST_PRECISION}`);
const TOO_FEW = failure('the format has more clauses than there are arguments');

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['s', (value, _precision, caller) => shownText(value, caller)],
  ['d', (value) => integerText(value, 10) ?? doubleText(value, plainText) ?? misfit('%d', 'numbers')],
  ['f', (value, places) => doubleText(value, (double) => fixedText(double, places)) ?? misfit('%f', 'numbers')],
  ['e', (value, places) => doubleText(value, (double) => scientificText(double, places)) ?? misfit('%e', 'numbers')],
  ['b', (value) => binaryText(value) ?? misfit('%b', 'ints, uints and bools')],
  ['o', (value) => integerText(value, 8) ?? misfit('%o', 'ints and uints')],
  ['x', (value, _precision, caller) => hexText(value, caller) ?? misfit('%x', 'ints, uints, strings and bytes')],
  ['X', (value, _precision, caller) => upperHexText(value, caller) ?? misfit('%X', 'ints, uints, strings and bytes')],
]);

const encoder = new TextEncoder();

function misfit(clause: string, types: string): Failure {
  return failure(`${clause} formats only ${types}`);
}

/** `null` for what is no integer. */
function integerText(value: Value, base: number): string | null {
  const integer = value instanceof Uint ? value.value : value;
  return typeof integer === 'bigint' ? integer.toString(base) : null;
}

/** Of any number, as a double; `null` for what is none. */
function doubleText(value: Value, text: (double: number) => string): string | null {
  const number = value instanceof Uint ? value.value : value;
  if (typeof number === 'bigint') return text(Number(number));
  if (typeof number !== 'number') return null;
  return Number.isFinite(number) ? text(number) : String(number);
}

function binaryText(value: Value): string | null {
  return typeof value === 'boolean' ? String(Number(value)) : integerText(value, 2);
}

function hexText(value: Value, caller: Caller): string | Failure | null {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return integerText(value, 16);
  // Three bytes for each unit of UTF-16 at most, two digits for each byte.
  if (!spendText(value.length * 6, caller)) return OVER_BUDGET;
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  return Buffer.from(bytes).toString('hex');
}

function upperHexText(value: Value, caller: Caller): string | Failure | null {
  const text = hexText(value, caller);
  return typeof text === 'string' ? text.toUpperCase() : text;
}

/** Constant: one run of text, or one clause. */
const NEXT = /([^%]*)(?:%(?:(%)|(?:\.(\d*))?(.?)))?/suy;

function parseFormat(format: string): readonly Piece[] | Failure {
  const pieces: Piece[] = [];
  NEXT.lastIndex = 0;
  while (NEXT.lastIndex < format.length) {
    const [, text = '', percent, digits, name] = NEXT.exec(format) ?? [];
    const clause = name === undefined ? null : clauseOf(name, digits);
    if (clause instanceof Failure) return clause;
    pieces.push({ text: text + (percent ?? ''), clause });
  }
  return pieces;
}

function clauseOf(name: string, digits: string | undefined): Clause | Failure {
  const verb = VERBS.get(name);
  if (verb === undefined) return NO_CLAUSE;
  const precision = digits === undefined ? USUAL_PRECISION : Number(digits || Number.NaN);
  return precision <= LARGEST_PRECISION ? { verb, precision } : NO_PRECISION;
}

function format(text: string, args: ListValue, caller: Caller): Result {
  if (!caller.spend(text.length * DIGIT_COST)) return OVER_BUDGET;
  const pieces = parseFormat(text);
  return pieces instanceof Failure ? pieces : fill(pieces, args, caller);
}

function prepareFormat([text]: readonly (Value | undefined)[]): Run | Failure {
  if (typeof text !== 'string') return FORMAT;
  const pieces = parseFormat(text);
  if (pieces instanceof Failure) return pieces;
  return {
    arity: 2,
    fn: (_text: string, args: ListValue, caller: Caller) =>
      spendText(text.length, caller) ? fill(pieces, args, caller) : OVER_BUDGET,
  };
}

function fill(pieces: readonly Piece[], args: ListValue, caller: Caller): Result {
  let [made, next] = ['', 0];
  for (const { text, clause } of pieces) {
    made += text;
    if (clause === null) continue;
    const value = args[next++];
    if (value === undefined) return TOO_FEW;
    if (!caller.spend(CLAUSE_COST + clause.precision * DIGIT_COST)) return OVER_BUDGET;
    const shown = clause.verb(value, clause.precision, caller);
    if (shown instanceof Failure) return shown;
    made += shown;
  }
  return made;
}

const FORMAT: Run = { arity: 2, fn: format };

export const FORMATTING: readonly Overload[] = [
  method('string_format', 'format', [STRING, listOf(DYN)], STRING, FORMAT, { prepare: prepareFormat }),
];
