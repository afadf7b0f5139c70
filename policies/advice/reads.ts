import type { Expr } from '../cel/syntax/ast.ts';
import { partsOf } from '../cel/syntax/parts.ts';
import { type Logic, logicOf, type Origin } from './logic.ts';
import { type Chain, chainOf, keyOf } from './paths.ts';

/** Something that is read; when it is missing, so is the condition. */
export interface Read {
  readonly chain: Chain;
  readonly origin: Origin;
  /** Names that are there whenever this is evaluated, or whose absence decides nothing. */
  readonly known: ReadonlySet<string>;
  /** Whether what is missing was probably not meant to match: `!(x in list)`, `x != "a"`, `not:`. */
  readonly isNegated: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();

/** All that a condition reads, with what is asked for by `has(…)` around it. */
export function readsOf(logic: Logic): Read[] {
  return [...reads(logic, { known: NOTHING, isNegated: false, hidden: NOTHING })];
}

interface Around {
  readonly known: ReadonlySet<string>;
  readonly isNegated: boolean;
  /** Names that are variables of macros. */
  readonly hidden: ReadonlySet<string>;
}

function* reads(logic: Logic, around: Around): Generator<Read> {
  switch (logic.kind) {
    case 'and':
    case 'or':
      return yield* readsOfParts(logic.parts, logic.kind === 'and', around);
    case 'not':
      return yield* reads(logic.of, { ...around, isNegated: !around.isNegated });
    case 'choice':
      yield* reads(logic.condition, around);
      yield* reads(logic.yes, knowing(around, there(logic.condition, true)));
      return yield* reads(logic.no, knowing(around, there(logic.condition, false)));
    case 'leaf':
      return yield* readsOfExpr(logic.expr, logic.origin, around);
  }
}

/** `a && b` is false when one is, whatever becomes of the other, so each may rely on the other; `||` likewise. */
function* readsOfParts(parts: readonly Logic[], truth: boolean, around: Around): Generator<Read> {
  for (const part of parts) {
    const others = parts.filter((other) => other !== part).flatMap((other) => [...there(other, truth)]);
    yield* reads(part, knowing(around, new Set(others)));
  }
}

function knowing(around: Around, more: ReadonlySet<string>): Around {
  return more.size === 0 ? around : { ...around, known: new Set([...around.known, ...more]) };
}

function* readsOfExpr(expr: Expr, origin: Origin, around: Around): Generator<Read> {
  const { known, isNegated, hidden } = around;
  const chain = chainOf(expr);
  if (chain !== null && chain.path.length > 1) {
    if (!hidden.has(chain.path[0]!)) yield { chain, origin, known, isNegated };
    return;
  }
  const isUnequal = expr.kind === 'call' && expr.name === '_!=_';
  const inner: Around = { known, isNegated: isUnequal !== isNegated, hidden: hiddenIn(expr, hidden) };
  for (const part of partsOf(expr)) yield* reads(logicOf(part, origin), inner);
}

function hiddenIn(expr: Expr, hidden: ReadonlySet<string>): ReadonlySet<string> {
  if (expr.kind !== 'fold') return hidden;
  return new Set([...hidden, expr.item, expr.accumulator, ...(expr.item2 === null ? [] : [expr.item2])]);
}

/** What must be there for a condition to be true, or false. */
function there(logic: Logic, truth: boolean): ReadonlySet<string> {
  switch (logic.kind) {
    case 'not':
      return there(logic.of, !truth);
    case 'and':
    case 'or':
      if (truth !== (logic.kind === 'and') && logic.parts.length !== 1) return NOTHING;
      return new Set(logic.parts.flatMap((part) => [...there(part, truth)]));
    case 'leaf':
      return truth ? new Set(pathsIn(testedBy(logic.expr)).map(keyOf)) : NOTHING;
    case 'choice':
      return NOTHING;
  }
}

/** What `has(path)` and `"name" in path` ask for. */
function testedBy(expr: Expr): readonly string[] {
  const chain = chainOf(expr);
  if (chain?.isTest === true) return chain.path;
  if (expr.kind !== 'call' || expr.name !== '@in') return [];
  const [name, holder] = expr.args;
  const path = holder === undefined ? null : chainOf(holder);
  return path !== null && name?.kind === 'constant' && typeof name.value === 'string' ? [...path.path, name.value] : [];
}

/** A path and all that leads to it. */
function pathsIn(path: readonly string[]): readonly (readonly string[])[] {
  return path.map((_, i) => path.slice(0, i + 1));
}
