import type { Condition } from '../../src/model/condition.ts';
import { DEFAULT_LIMITS } from '../cel/environment.ts';
import type { Expr } from '../cel/syntax/ast.ts';
import { parse } from '../cel/syntax/parser.ts';

/** Where an expression stands: the path to its text from the condition, and the text. */
export interface Origin {
  readonly path: readonly (string | number)[];
  readonly source: string;
}

/** What conditions and expressions have in common: how truths are combined. */
export type Logic =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Logic[] }
  | { readonly kind: 'not'; readonly of: Logic }
  | { readonly kind: 'choice'; readonly condition: Logic; readonly yes: Logic; readonly no: Logic }
  | { readonly kind: 'leaf'; readonly expr: Expr; readonly origin: Origin };

type Form = (condition: Condition, path: Origin['path']) => Logic;

const NOTHING: Logic = { kind: 'and', parts: [] };

const FORMS: Readonly<Record<keyof Condition, Form>> = {
  matchAny: () => NOTHING,
  opa: () => NOTHING,
  match: ({ match = '' }, path) => logicOfSource({ path, source: match }),
  not: ({ not = '' }, path) => ({ kind: 'not', of: logicOfSource({ path, source: not }) }),
  all: ({ all }, path) => ({ kind: 'and', parts: partsOf(all?.of, path) }),
  any: ({ any }, path) => ({ kind: 'or', parts: partsOf(any?.of, path) }),
  none: ({ none }, path) => ({ kind: 'not', of: { kind: 'or', parts: partsOf(none?.of, path) } }),
};

/** A condition; what is not CEL, or does not parse, says nothing. */
export function logicOfCondition(condition: Condition, path: Origin['path']): Logic {
  const form = (Object.keys(FORMS) as (keyof Condition)[]).find((one) => condition[one] !== undefined);
  return form === undefined ? NOTHING : FORMS[form](condition, [...path, form]);
}

function partsOf(of: readonly Condition[] = [], path: Origin['path']): Logic[] {
  return of.map((one, i) => logicOfCondition(one, [...path, 'of', i]));
}

function logicOfSource(origin: Origin): Logic {
  const parsed = parse(origin.source, DEFAULT_LIMITS);
  return parsed.ok ? logicOf(parsed.syntax.expr, origin) : NOTHING;
}

export function logicOf(expr: Expr, origin: Origin): Logic {
  const form = expr.kind === 'call' ? OPERATORS.get(expr.name) : undefined;
  if (form === undefined || expr.kind !== 'call') return { kind: 'leaf', expr, origin };
  return form(expr.args.map((arg) => logicOf(arg, origin)));
}

type Combine = (parts: readonly Logic[]) => Logic;

const OPERATORS: ReadonlyMap<string, Combine> = new Map<string, Combine>([
  ['_&&_', (parts) => ({ kind: 'and', parts })],
  ['_||_', (parts) => ({ kind: 'or', parts })],
  ['!_', ([of = NOTHING]) => ({ kind: 'not', of })],
  ['_?_:_', ([condition = NOTHING, yes = NOTHING, no = NOTHING]) => ({ kind: 'choice', condition, yes, no })],
]);
