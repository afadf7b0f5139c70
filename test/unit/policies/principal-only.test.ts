import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInput } from '../../../policies/input.ts';
import { engine, namespace, principal, request, service, user } from './fixtures.ts';

function evaluate(source: string, who = principal(), parts: Parameters<typeof request>[0] = {}, time = 0): unknown {
  const compiled = engine.compile(source);
  if (!compiled.ok) throw new Error('does not compile');
  const { program } = compiled;
  const inputOf = (view: typeof parts, now: number) =>
    buildInput({
      request: request(view),
      principal: who,
      service: service(),
      namespace: namespace(),
      body: null,
      grpc: null,
      time: now,
    });
  program.evaluate(inputOf({}, 0));
  const result = program.evaluate(inputOf(parts, time));
  return result.kind === 'value' ? result.value : result.kind;
}

test('an answer about the principal is kept for that principal, and no other one gets it', () => {
  const compiled = engine.compile('"dev" in ctx.user.spec.groups');
  if (!compiled.ok) throw new Error('does not compile');
  const ask = (who: ReturnType<typeof principal>) => {
    const parts = { request: request(), service: service(), namespace: namespace(), body: null, grpc: null, time: 0 };
    return compiled.program.evaluate(buildInput({ ...parts, principal: who }));
  };
  const [alice, bob] = [principal(), principal({ user: user('bob', { groups: [] }) })];
  assert.deepEqual(ask(alice), { kind: 'value', value: true });
  assert.equal(ask(alice), ask(alice), 'the very same answer');
  assert.deepEqual(ask(bob), { kind: 'value', value: false });
});

const SEEN_ANEW: readonly (readonly [string, unknown])[] = [
  ['ctx.request.http.path == "/other"', true],
  ['ctx["request"].http.path == "/other" && ctx.user.metadata.name == "alice"', true],
  ['[ctx].all(c, c.request.http.path == "/other")', true],
  ['has(ctx.user) && ctx.request.http.path == "/other"', true],
  ['now() > timestamp("1970-01-01T00:00:01Z") && ctx.user.metadata.name == "alice"', true],
];

for (const [source, value] of SEEN_ANEW) {
  test(`what reads the request or the time is worked out for each request: ${source}`, () => {
    assert.equal(evaluate(source, principal(), { path: '/other' }, 5000), value);
  });
}
