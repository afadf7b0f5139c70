import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_LIMITS } from '../../../../../policies/cel/environment.ts';
import type { Expr } from '../../../../../policies/cel/syntax/ast.ts';
import { macroTable } from '../../../../../policies/cel/syntax/macros/macro.ts';
import { parse } from '../../../../../policies/cel/syntax/parser.ts';
import { partsOf } from '../../../../../policies/cel/syntax/parts.ts';
import { debugText } from '../../../../support/cel/debug-text.ts';

const PIECES = [
  ...['a', 'b.c', '.d', '1', '-2u', '.5', '"é🙂"', "b'\\xff'", 'r"\\"', 'true', 'null', 'in', 'has', 'as', '`x-y`'],
  ...['(', ')', '[', ']', '{', '}', '?', ':', ',', '.', ' ', '\n', '// c\n', '"', "'", '\\', '=', '&', '\ud800'],
  ...[' + ', ' - ', ' && ', ' || ', '!', ' == ', ' < ', ' in ', ' ? ', ' : ', '.?', '[?', '.all(x, x)', '.f()', 'f('],
];
const scraps = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(''));
const NO_MACROS = macroTable([]);

test('whatever is written is read or refused at a place in it', () => {
  fc.assert(
    fc.property(fc.oneof(scraps, fc.string({ unit: 'binary' })), (source) => {
      const parsed = parse(source, DEFAULT_LIMITS);
      if (parsed.ok) return;
      const { at, message } = parsed.problems[0]!;
      assert.ok(at >= 0 && at <= source.length && message !== '');
    }),
    { numRuns: 5_000 },
  );
});

const wholes = fc.letrec<{ expr: string }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('a', '.b', '1', '-2', '2.5e3', '"é🙂"', 'b"\\x00"', 'true', '[]', '{}'),
    fc
      .tuple(tie('expr'), fc.constantFrom(' + ', '*', ' == ', ' && ', '||', ' in '), tie('expr'))
      .map((p) => p.join('')),
    tie('expr').map((e) => `( ${e})`),
    tie('expr').map((e) => `!(${e})`),
    tie('expr').map((e) => `-(${e})`),
    tie('expr').map((e) => `(${e}).f[0].?g`),
    fc.tuple(tie('expr'), tie('expr'), tie('expr')).map(([a, b, c]) => `(${a}) ? (${b}) : ${c}`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `f(${a}, // x\n [${b}, ?${a},])`),
    fc.tuple(tie('expr'), tie('expr')).map(([a, b]) => `{${a}: ${b}, ?"k": M{n: ${a}}}`),
  ),
})).expr;

function eachNode(expr: Expr, visit: (node: Expr) => void): void {
  visit(expr);
  for (const child of partsOf(expr)) eachNode(child, visit);
}

test('the text of a part is that part, and ids are unique', () => {
  fc.assert(
    fc.property(wholes, (source) => {
      const parsed = parse(source, DEFAULT_LIMITS, NO_MACROS);
      assert.ok(parsed.ok, source);
      const ids = new Set<number>();
      eachNode(parsed.syntax.expr, (node) => {
        assert.ok(!ids.has(node.id));
        ids.add(node.id);
        if (isFieldName(source, node) || isChain(node)) return;
        const part = parse(source.slice(node.start, node.end), DEFAULT_LIMITS, NO_MACROS);
        assert.ok(part.ok, source.slice(node.start, node.end));
        assert.equal(text(part.syntax.expr), text(node));
      });
    }),
    { numRuns: 500 },
  );
});

function text(expr: Expr): string {
  return debugText(expr, () => '');
}

/** `g` of `a.?g` is a string without quotes. */
function isFieldName(source: string, node: Expr): boolean {
  return node.kind === 'constant' && typeof node.value === 'string' && source[node.start] === node.value[0];
}

/** Chains are balanced: their parts stand in another tree. */
function isChain(node: Expr): boolean {
  return node.kind === 'call' && /^_(&&|\|\|)_$/.test(node.name);
}
