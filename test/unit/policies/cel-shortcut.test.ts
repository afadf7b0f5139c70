import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freeMap } from '../../../policies/input/plain.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { engine, input, principal, user } from './fixtures.ts';

/** A field that is sent twice has no one value: reading it fails, and no operator absorbs that. */
const headers = new HeaderList(['twice', 'x', 'twice', 'y']);
const attrs = freeMap({ team: 'dev' });

const TEXTS = ['ip', 'http.method', 'http.scheme', 'http.host', 'http.path'] as const;
const LITERALS = ['', '/v1', '/v1/users', 'GET', 'https', 'api.example.com', '192.0.2.7', 'users', '\u{1f600}'];

/** `@` stands for `ctx.request`, so that one expression can be spelled in two ways. */
const comparisons = fc
  .tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...LITERALS), fc.constantFrom(...LITERALS))
  .chain(([text, one, other]) => {
    const [a, b] = [JSON.stringify(one), JSON.stringify(other)];
    return fc.constantFrom(
      ...[`@.${text} == ${a}`, `${a} == @.${text}`, `@.${text} != ${a}`, `${a} != @.${text}`],
      ...[`@.${text}.startsWith(${a})`, `@.${text}.endsWith(${a})`, `@.${text}.contains(${a})`],
      ...[`@.${text} in [${a}, ${b}]`, `@.${text} in []`],
    );
  });

/** What no shortcut knows: answers, failures, absences, and what is no answer at all. */
const others = fc.constantFrom(
  ...['true', 'false', '1 / 0 == 1', '"text"', 'ctx.user.metadata.name == "alice"', '"dev" in ctx.user.spec.groups'],
  ...[
    'ctx.user.spec.absent == "x"',
    '@.http.headers["absent"] == "x"',
    'has(@.http.path)',
    '@.http.path == @.http.host',
  ],
);

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    comparisons,
    others,
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||'), tie('expression'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('expression').map((inner) => `!(${inner})`),
  ),
}));

function evaluate(source: string): unknown {
  const compiled = engine.compile(source, attrs);
  if (!compiled.ok) return 'does not compile';
  const result = compiled.program.evaluate(input({ request: { headers } }));
  return result.kind === 'value' ? result.value : result.kind;
}

test('an expression gives the same whether or not it can be told at a glance', () => {
  let told = 0;
  fc.assert(
    fc.property(expression, (source) => {
      const whole = evaluate(source.replaceAll('@', 'ctx["request"]'));
      assert.deepEqual(evaluate(source.replaceAll('@', 'ctx.request')), whole, source);
      if (typeof whole === 'boolean') told++;
    }),
    { numRuns: 2000 },
  );
  assert.ok(told > 500, 'many of them have an answer');
});

test('an operand that fails decides nothing, and none is needed beside one that decides', () => {
  const ambiguous = 'ctx.request.http.headers["twice"] == "x"';
  assert.equal(evaluate(`${ambiguous} || ctx.request.http.method == "GET"`), 'error');
  assert.equal(evaluate(`ctx.request.http.method == "GET" || ${ambiguous}`), true);
  const fails = 'ctx.user.spec.absent == "x"';
  assert.equal(evaluate(`ctx.request.http.method == "POST" && ${fails}`), false);
  assert.equal(evaluate(`${fails} && ctx.request.http.method == "POST"`), false);
  assert.equal(evaluate(`ctx.request.http.method == "GET" || ${fails}`), true);
  assert.equal(evaluate(`ctx.request.http.method == "GET" && ${fails}`), 'missing');
  assert.equal(evaluate(`!(ctx.request.http.method == "POST" || ${fails})`), 'missing');
});

test('operands about the principal are answered for each, and with the constants of each policy', () => {
  const source = 'ctx.request.http.method == "GET" && ctx.user.metadata.name == attrs.owner';
  const ask = (owner: string, name: string) => {
    const compiled = engine.compile(source, freeMap({ owner }));
    if (!compiled.ok) throw new Error('does not compile');
    const answer = compiled.program.evaluate(input({ principal: principal({ user: user(name) }) }));
    return answer.kind === 'value' && answer.value;
  };
  assert.deepEqual(
    [ask('alice', 'alice'), ask('alice', 'bob'), ask('bob', 'alice'), ask('bob', 'bob')],
    [true, false, false, true],
  );
});
