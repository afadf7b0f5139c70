import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileCondition } from '../../../../policies/condition.ts';
import type { Engine } from '../../../../policies/engine.ts';
import type { RemoteOpa } from '../../../../policies/rego/remote/remote.ts';
import type { RemoteReply } from '../../../../policies/rego/remote/reply.ts';
import type { Condition } from '../../../../src/model/index.ts';
import { engine, input } from '../fixtures.ts';

/** An OPA that answers what stands in a table, by path, and counts its questions. */
function opa(replies: Readonly<Record<string, RemoteReply>>): { readonly engine: Engine; readonly asked: string[] } {
  const asked: string[] = [];
  const remote: RemoteOpa = {
    name: 'authz',
    ask: async (path) => {
      asked.push(path);
      return replies[path]!;
    },
  };
  return { engine: { ...engine, opa: { bundles: new Map(), remotes: new Map([['authz', remote]]) } }, asked };
}

const answered = (value: unknown, status = 200): RemoteReply => {
  return { kind: 'answered', status, body: Buffer.from(JSON.stringify(value)) };
};

const REPLIES: Readonly<Record<string, RemoteReply>> = {
  yes: answered({ result: true }),
  no: answered({ result: false }),
  word: answered({ result: 'true' }),
  null: answered({ result: null }),
  undefined: answered({}),
  inherited: answered({ __proto__: { result: true } }),
  status: answered({ result: true }, 404),
  list: answered([true]),
  down: { kind: 'failed', message: 'ECONNREFUSED' },
};

const at = (path: string): Condition => ({ opa: { remote: 'authz', path } });

async function settle(condition: Condition, from: Engine) {
  const compiled = compileCondition(condition, from);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  const asking = input();
  const ask = () => compiled.condition.evaluate(asking);
  const first = ask();
  const truth = asking.remote?.isWaiting === true ? await asking.remote.settle(ask) : first;
  return {
    first: typeof first === 'boolean' ? first : first.kind,
    truth: typeof truth === 'boolean' ? truth : truth.kind,
  };
}

const CASES: readonly (readonly [string, boolean | 'missing' | 'error'])[] = [
  ['yes', true],
  ['no', false],
  ['word', 'error'],
  ['null', 'error'],
  ['undefined', 'missing'],
  ['inherited', 'missing'],
  ['status', 'error'],
  ['list', 'error'],
  ['down', 'error'],
];
for (const [path, expected] of CASES) {
  test(`a remote that answers "${path}"`, async () => {
    const { first, truth } = await settle(at(path), opa(REPLIES).engine);
    assert.deepEqual([first, truth], ['error', expected], 'an error until it was asked');
  });
}

test('what is needed at once is asked at once; what is not needed is not asked', async () => {
  const { engine: all, asked } = opa(REPLIES);
  assert.equal((await settle({ all: { of: [at('yes'), at('no')] } }, all)).truth, false);
  assert.deepEqual(asked, ['yes', 'no']);
  assert.equal((await settle({ all: { of: [{ match: 'false' }, at('yes')] } }, all)).truth, false);
  assert.equal(asked.length, 2);
});

test('two conditions that ask the same are one question', async () => {
  const { engine: all, asked } = opa(REPLIES);
  assert.equal((await settle({ none: { of: [at('no'), { any: { of: [at('no')] } }] } }, all)).truth, true);
  assert.deepEqual(asked, ['no']);
});

test('a path that a URL could read else is refused, and so is a name that nothing has', () => {
  const problem = (condition: Condition) => {
    const compiled = compileCondition(condition, opa(REPLIES).engine);
    assert.ok(!compiled.ok);
    return [compiled.problems[0]?.path.join('.'), compiled.problems[0]?.message, compiled.problems[0]?.suggestion];
  };
  for (const path of ['', '/a', 'a/', 'a//b', '../policies', 'a/../b', 'a?x', 'a%2f', 'a#b', 'a b']) {
    assert.equal(problem(at(path))[0], 'opa.path', path);
  }
  assert.deepEqual(problem({ opa: { remote: 'autz', path: 'a' } }), [
    'opa.remote',
    'there is no remote "autz" in spec.opa.remotes of the ClusterConfig',
    'did you mean "authz"?',
  ]);
  assert.match(problem({ opa: { remote: 'authz' } })[1] ?? '', /path is missing/);
});

test('an endless chain of questions ends with an error', async () => {
  const names = Array.from({ length: 20 }, (_, i) => `yes${i}`);
  const { engine: all, asked } = opa(Object.fromEntries(names.map((name) => [name, answered({ result: true })])));
  const conditions = names.map((name) => compileCondition(at(name), all));
  const asking = input();
  let reached = 0;
  const decide = () => {
    for (const [i, compiled] of conditions.entries()) {
      assert.ok(compiled.ok);
      if (compiled.condition.evaluate(asking) === true) continue;
      reached = i;
      return compiled.condition.evaluate(asking);
    }
    return true;
  };
  decide();
  const truth = await asking.remote!.settle(decide);
  assert.equal(typeof truth === 'boolean' ? truth : truth.kind, 'error');
  assert.equal(reached, 8);
  assert.equal(asked.length, 8);
});
