import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Expression } from '../../../../../policies/cel/cel.ts';
import { createCelEngine } from '../../../../../policies/cel/engine.ts';
import type { Evaluation, Program } from '../../../../../policies/engine.ts';
import { freeMap } from '../../../../../policies/input/plain.ts';
import { HeaderList } from '../../../../../src/base/header-list.ts';
import { BOMB, input } from '../../fixtures.ts';
import { bindings, calls, expression } from './support.ts';

const ATTRS = {
  level: 4,
  names: ['alice', 'bob'],
  nested: { open: true, limits: [1, 2.5] },
  pattern: '^/v[0-9]+/',
  long: 'a'.repeat(1001),
  bad: '(',
  many: Array.from({ length: 2000 }, (_, i) => `n${i}`),
};

const engine = createCelEngine();
const attrs = freeMap(ATTRS);

function program(source: string): Program {
  const compiled = engine.compile(source, attrs);
  assert.ok(compiled.ok, source);
  return compiled.program;
}

describe('what attrs alone decide depends on nothing', () => {
  const cases: Record<string, boolean> = {
    'attrs.level > 3.0': true,
    '"alice" in attrs.names && size(attrs.names) == 2': true,
    'attrs.nested.open': true,
    'attrs["nested"].limits[1] == 2.5': true,
    'has(attrs.nested.open) && !has(attrs.nothing)': true,
    'attrs.?nothing.orValue(false) || attrs.?nested.?open.orValue(false)': true,
    'attrs.names.exists(n, n.startsWith("b"))': true,
    'attrs.names.map(n, n + "!").filter(n, n == "bob!").size() == 1': true,
    'cel.bind(n, attrs.names[0], n == "alice" || n == ctx.user.metadata.name) && attrs.level == 4.0': true,
    'duration("5m") < duration("1h") && {"a": attrs.level}.a == 4.0': true,
    'attrs.level == 0.0 && ctx.request.http.path == "/"': false,
    'attrs.level == 4.0 || ctx.request.http.path == "/"': true,
    'attrs.nested.open ? attrs.level == 4.0 : ctx.request.http.path == "/"': true,
    '"/v1/users".matches(attrs.pattern)': true,
  };
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => {
      const one = program(source);
      assert.deepEqual(one.evaluate(input()), { kind: 'value', value: expected });
      assert.equal(one.dependsOn, source.includes('ctx.user') ? 'principal' : 'nothing');
    });
  }
});

describe('what an answer depends on', () => {
  const cases: Record<string, Program['dependsOn']> = {
    'ctx.service.metadata.name == attrs.names[0]': 'service',
    'ctx.namespace.metadata.name == "default" && has(ctx.service.spec.mode)': 'service',
    'ctx.service.metadata.name in ctx.user.spec.groups': 'request',
    'ctx.service.metadata.name == "api" && now() > timestamp(0)': 'request',
    '[ctx].all(c, c.service.metadata.name == "api")': 'request',
    'true && ctx.user.metadata.name == "alice"': 'principal',
    'ctx.request.http.path == "/" && false': 'request',
    'now() > timestamp(0)': 'request',
    'false && now() > timestamp(0)': 'nothing',
  };
  for (const [source, expected] of Object.entries(cases)) {
    test(source, () => assert.equal(program(source).dependsOn, expected));
  }
});

test('a header that was sent twice is not hidden by a constant behind it, and is by one before it', () => {
  const twice = input({ request: { headers: new HeaderList(['x', '1', 'x', '2']) } });
  const read = 'ctx.request.http.headers["x"] == "1"';
  for (const source of [`${read} && false`, `${read} || true`, `${read} || attrs.nested.open`, `true && ${read}`]) {
    assert.equal(program(source).evaluate(twice).kind, 'error', source);
  }
  for (const source of [`false && ${read}`, `attrs.nested.open || ${read}`]) {
    assert.equal(program(source).evaluate(twice).kind, 'value', source);
  }
});

test('a mistake in what is never evaluated is told all the same', () => {
  for (const source of ['false && "a".matches("(")', 'true ? true : timestamp("x") == now()', 'true || 1 == "a"']) {
    assert.equal(engine.compile(source, attrs).ok, false, source);
  }
});

test('what attrs hold is no mistake of the expression: it fails when it is evaluated', () => {
  for (const pattern of ['attrs.bad', 'attrs.long', 'attrs.level', 'attrs.nothing', 'attrs.long + "a"']) {
    const one = program(`ctx.request.http.path.matches(${pattern})`);
    const evaluation = one.evaluate(input());
    assert.notEqual(evaluation.kind, 'value', pattern);
    assert.deepEqual(one.trace?.(input()).evaluation, evaluation, pattern);
  }
});

test('computing ahead is no way around the budget', () => {
  const thousand = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].all(a, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].all(b, b < 10))';
  const long = `${Array.from({ length: 60 }, () => thousand).join(' && ')} && ctx.request.http.path != ""`;
  const sources = [
    BOMB,
    `${BOMB} && ctx.request.http.path == "/"`,
    `ctx.request.http.path == "/x" || ${BOMB}`,
    `attrs.many.all(n, n in attrs.many && ${thousand})`,
    `attrs.many.all(n, ${thousand} ? n in attrs.many : false)`,
    `attrs.many.all(n, attrs.many.all(m, m in attrs.many))`,
  ];
  for (const source of sources) {
    assert.equal(program(source).evaluate(input()).kind, 'cost', source);
    assert.equal(program(source).trace?.(input()).evaluation.kind, 'cost', source);
  }
  assert.equal(program(long).evaluate(input()).kind, 'value', 'the same within the budget');
});

test('an explanation still shows every part', () => {
  const one = program('attrs.nested.open && attrs.level > 3.0 && ctx.user.metadata.name in attrs.names');
  const parts = one.trace?.(input()).parts.map(({ text, shown }) => `${text}: ${shown}`);
  assert.deepEqual(parts, [
    'attrs.nested.open && attrs.level > 3.0 && ctx.user.metadata.name in attrs.names: true',
    'attrs.nested.open && attrs.level > 3.0: true',
    'attrs.nested.open: true',
    'attrs.level > 3.0: true',
    'attrs.level: 4.0',
    'ctx.user.metadata.name in attrs.names: true',
    'ctx.user.metadata.name: "alice"',
    'attrs.names: ["alice", "bob"]',
  ]);
});

test('two Policies with one expression have each their own attrs', () => {
  const source = 'ctx.user.metadata.name in attrs.names';
  const others = engine.compile(source, freeMap({ names: ['carol'] }));
  assert.ok(others.ok);
  assert.deepEqual(program(source).evaluate(input()), { kind: 'value', value: true });
  assert.deepEqual(others.program.evaluate(input()), { kind: 'value', value: false });
});

test('a part without variables of its own is computed once, inside a macro too', () => {
  calls.counted = 0;
  const one: Expression = expression('list.all(x, [1, 2].exists(y, counted(y) == 2)) && none == none');
  const before = calls.counted;
  assert.equal(one.run(bindings, 0), true);
  assert.equal(calls.counted, before);
  const bound: Expression = expression('list.all(x, [1, 2].exists(y, counted(x) == x))');
  calls.counted = 0;
  assert.equal(bound.run(bindings, 0), true);
  assert.equal(calls.counted, 3, 'what reads the variable of a macro around it is not');
});

const CLAUSES = [
  ...['true', 'false', 'attrs.nested.open', 'attrs.level < 1.0', 'attrs.nothing', 'attrs.level', '1 / 0 == 1'],
  ...[
    'ctx.user.metadata.name in attrs.names',
    'ctx.request.http.path == "/v1/users"',
    'ctx.device.metadata.name == ""',
  ],
  ...['ctx.request.http.headers["x"] == "1"', 'ctx.service.metadata.name == "api"', 'attrs.names.all(n, n != "bob")'],
];
const tree = fc.letrec<{ one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...CLAUSES),
    fc.tuple(tie('one'), fc.constantFrom('&&', '||'), tie('one')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('one').map((a) => `!(${a})`),
    fc.tuple(tie('one'), tie('one'), tie('one')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    tie('one').map((a) => `attrs.names.exists(n, n == "bob" && ${a})`),
  ),
})).one;

function told(evaluation: Evaluation | undefined): string {
  return evaluation?.kind === 'value' ? String(evaluation.value) : `${evaluation?.kind}: ${evaluation?.message}`;
}

test('what is computed ahead gives what the explanation gives, failures and their reasons included', () => {
  const inputs = [input(), input({ request: { headers: new HeaderList(['x', '1', 'x', '2']), path: '/' } })];
  fc.assert(
    fc.property(tree, (source) => {
      const compiled = engine.compile(source, attrs);
      if (!compiled.ok) return;
      for (const one of inputs) {
        const known: Program = compiled.program;
        assert.equal(told(known.evaluate(one)), told(known.trace?.(one).evaluation), source);
      }
    }),
    { numRuns: 2000 },
  );
});
