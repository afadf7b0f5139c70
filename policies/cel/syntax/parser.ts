import type { Limits } from '../environment.ts';
import type { Syntax } from './ast.ts';
import { readExpression } from './expression.ts';
import { MACROS } from './macros/all.ts';
import type { MacroTable } from './macros/macro.ts';
import type { Problem } from './problem.ts';
import { Reader } from './reader.ts';

export type Parsed =
  | { readonly ok: true; readonly syntax: Syntax }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads an expression; the grammar is that of the CEL specification, with optionals and quoted field names. */
export function parse(source: string, limits: Limits, macros: MacroTable = MACROS): Parsed {
  const problem = unreadable(source, limits);
  if (problem !== null) return { ok: false, problems: [problem] };
  const reader = new Reader(source, limits, macros, readExpression);
  const expr = reader.expression();
  if (expr !== null && reader.token.kind !== 'end') reader.unexpected();
  if (expr === null || reader.problem !== null) return { ok: false, problems: [reader.problem!] };
  return { ok: true, syntax: { expr, macroCalls: reader.macroCalls } };
}

function unreadable(source: string, { sourceLength }: Limits): Problem | null {
  if (source.length > sourceLength) {
    return { at: 0, message: `the expression is longer than ${sourceLength} characters`, suggestion: null };
  }
  if (source.isWellFormed()) return null;
  const at = source.search(/\p{Surrogate}/u);
  return { at, message: 'half of a surrogate pair is no character', suggestion: null };
}
