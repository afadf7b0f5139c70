/** The forms of macros that have loops of their own give what the general fold gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../../../policies/cel/environment.ts';
import { CompiledExpression } from '../../../../../policies/cel/expression.ts';
import { UNRESOLVED } from '../../../../../policies/cel/run/compiler.ts';
import { shapeOf } from '../../../../../policies/cel/run/fold-shape.ts';
import type { Expr, Fold } from '../../../../../policies/cel/syntax/ast.ts';
import { parse } from '../../../../../policies/cel/syntax/parser.ts';
import { DYN } from '../../../../../policies/cel/types/type.ts';
import { bindings, environment, shown } from './support.ts';

const RANGES = ['[]', 'list', '[true, false]', '[1, 2, "a"]', '[3, 0, 1]', 'map', 'text', 'ctx.absent', '[ctx.absent]'];
const TESTS = ['true', 'false', 'x == 1', 'x', 'x > 1', '6 / x == 6', 'x == ctx.absent', 'ctx.twice', 'list[x] == 1'];
const MACROS: readonly ((test: string) => string)[] = [
  (body) => `all(x, ${body})`,
  (body) => `exists(x, ${body})`,
  (body) => `exists_one(x, ${body})`,
  (body) => `filter(x, ${body})`,
  (body) => `map(x, ${body})`,
  (body) => `map(x, ${body}, [x])`,
  (body) => `all(i, x, ${body})`,
  (body) => `transformList(i, x, ${body}, i)`,
];

function foldOf(source: string): Fold {
  const parsed = parse(source, DEFAULT_LIMITS);
  assert.ok(parsed.ok && parsed.syntax.expr.kind === 'fold', source);
  return parsed.syntax.expr;
}

/** The same fold, written so that no form is recognised. */
function general(fold: Fold): Fold {
  const place = { start: fold.start, end: fold.end, at: fold.at };
  const condition: Expr = { ...place, kind: 'constant', id: 9001, value: true };
  const result: Expr = {
    ...place,
    kind: 'call',
    id: 9002,
    name: '_?_:_',
    target: null,
    args: [condition, fold.result, fold.result],
  };
  const other = { ...fold, result };
  assert.equal(shapeOf(other).kind, 'general');
  return other;
}

/** Of failures only the kind: which one is met first may differ. */
function outcome(expr: Expr): string {
  const syntax = { expr, macroCalls: new Map() };
  const parts = { syntax, environment: environment(), type: DYN, resolution: UNRESOLVED };
  return shown(new CompiledExpression(parts).run(bindings, 0)).replace(/^(error|missing): .*/, '$1');
}

test('every macro gives what its general form gives', () => {
  const pick = fc.tuple(fc.constantFrom(...RANGES), fc.constantFrom(...MACROS), fc.constantFrom(...TESTS));
  fc.assert(
    fc.property(pick, ([range, macro, body]) => {
      const source = `${range}.${macro(body)}`;
      const fold = foldOf(source);
      assert.notEqual(shapeOf(fold).kind, 'general', source);
      const [special, plain] = [outcome(fold), outcome(general(fold))];
      assert.equal(special, plain, source);
    }),
    { numRuns: 500 },
  );
});
