/** A shadow policy changes nothing that is enforced: not what is decided, and not when. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createCelEngine } from '../../policies/cel/engine.ts';
import type { Engine } from '../../policies/engine.ts';
import type { PolicyInput } from '../../policies/input.ts';
import { compilePolicySet } from '../../policies/policy-set.ts';
import { createRegoEngine } from '../../policies/rego/engine.ts';
import type { RemoteOpa } from '../../policies/rego/remote/remote.ts';
import type { RemoteReply } from '../../policies/rego/remote/reply.ts';
import { decideBesideShadow } from '../../policies/shadow.ts';
import type { Exchange } from '../../src/gateway/exchange.ts';
import type { DecidingParts } from '../../src/gateway/step.ts';
import { authorize } from '../../src/gateway/steps/authorize.ts';
import type { PolicySpec, Rule } from '../../src/model/index.ts';
import { clusterConfig, input, namespace, principal, service } from '../unit/policies/fixtures.ts';
import { readyCompiler } from '../unit/policies/rego/fixtures.ts';

const ALLOW: Rule = { name: 'yes', effect: 'ALLOW', priority: 1, condition: { matchAny: true } };

/** An OPA that answers when it is told to. */
class Slow {
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];

  readonly remote: RemoteOpa = {
    name: 'authz',
    ask: (path) =>
      new Promise<RemoteReply>((resolve) => {
        this.asked.push(path);
        const body = Buffer.from(JSON.stringify({ result: path !== 'no' }));
        this.#waiting.push(() => resolve({ kind: 'answered', status: 200, body }));
      }),
  };

  answer(): void {
    for (const reply of this.#waiting.splice(0)) reply();
  }
}

function engineWith(slow: Slow): Engine {
  return {
    ...createCelEngine(),
    rego: createRegoEngine(readyCompiler([[]])),
    opa: { bundles: new Map(), remotes: new Map([['authz', slow.remote]]) },
  };
}

const ask = (path: string, effect: 'ALLOW' | 'DENY' = 'DENY'): Rule => {
  return { effect, condition: { opa: { remote: 'authz', path } } };
};

function authorizerOf(slow: Slow, ...specs: readonly PolicySpec[]) {
  const owner = service({ authorization: { inlinePolicies: specs.map((spec, i) => ({ name: `p${i}`, spec })) } });
  const set = compilePolicySet({ policies: [], owners: [owner], engine: engineWith(slow) });
  assert.deepEqual(set.problems, []);
  return set.authorizerFor(owner, namespace(), clusterConfig());
}

/** The step as the gateway takes it, as far as it looks at the exchange. */
function exchange(slow: Slow, ...specs: readonly PolicySpec[]) {
  const asking: PolicyInput = input();
  const chain = { authorize: null };
  const x = { service: { authorizer: authorizerOf(slow, ...specs), chain }, principal: principal(), decision: null };
  const taken = authorize(x as unknown as Exchange, { buildInput: () => asking } as unknown as DecidingParts);
  return { x: x as unknown as Exchange, taken, asking };
}

describe('a remote OPA that only a shadow policy asks', () => {
  test('does not hold the request, and is told once it has answered', async () => {
    const slow = new Slow();
    const { x, taken, asking } = exchange(slow, { rules: [ALLOW] }, { shadow: true, rules: [ask('yes')] });
    assert.equal(taken, null, 'decided at once');
    assert.deepEqual(x.decision?.shadow, [{ policy: 'Service/api#p1', would: 'undecided' }]);
    assert.deepEqual(slow.asked, ['yes']);
    slow.answer();
    await asking.shadow?.();
    assert.deepEqual(
      [x.decision?.effect, x.decision?.shadow],
      ['allow', [{ policy: 'Service/api#p1', would: 'deny' }]],
    );
    assert.deepEqual(slow.asked, ['yes'], 'asked once');
  });

  test('that agrees leaves nothing to tell', async () => {
    const slow = new Slow();
    const { x, asking } = exchange(slow, { rules: [ALLOW] }, { shadow: true, rules: [ask('no')] });
    slow.answer();
    await asking.shadow?.();
    assert.deepEqual([x.decision?.effect, x.decision?.shadow], ['allow', undefined]);
  });

  test('is asked after those that are enforced, whose answers it shares', async () => {
    const slow = new Slow();
    const { x, taken, asking } = exchange(
      slow,
      { rules: [ask('no'), ALLOW] },
      {
        shadow: true,
        rules: [{ ...ask('yes'), condition: { all: { of: [ask('no').condition, ask('yes').condition] } } }],
      },
    );
    assert.deepEqual(slow.asked, ['no']);
    slow.answer();
    assert.equal(await taken, null);
    await asking.shadow?.();
    assert.deepEqual(slow.asked, ['no'], 'the answer is known, and decides');
    assert.deepEqual([x.decision?.effect, x.decision?.shadow], ['allow', undefined]);
  });
});

describe('a body that is nested deeper than the stack', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 5000; i++) deep = [deep];
  const asking = () => input({ body: { bytes: Buffer.from('x'), json: { ops: deep } } });
  const rego: Rule = { effect: 'DENY', condition: { opa: { inline: 'groups' } } };

  test('is a denial with its reason', () => {
    const { effect, reason } = authorizerOf(new Slow(), { rules: [rego, ALLOW] }).authorize(principal(), asking());
    assert.deepEqual([effect, reason], ['deny', 'policy-error']);
  });

  test('leaves the decision as it is where only a shadow policy reads it', () => {
    const decision = authorizerOf(new Slow(), { rules: [ALLOW] }, { shadow: true, rules: [rego] }).authorize(
      principal(),
      asking(),
    );
    assert.equal(decision.effect, 'allow');
    assert.deepEqual(decision.shadow, [{ policy: 'Service/api#p1', would: 'deny' }]);
  });
});

test('what a shadow policy throws is not the trouble of the request', () => {
  const asking = input();
  const authorizer = authorizerOf(new Slow(), { rules: [ALLOW] }, { shadow: true, rules: [ask('yes')] });
  const list = authorizer.basis!(principal(), asking.time).list!;
  const throwing = {
    evaluate: () => {
      throw new Error('a mistake of ours');
    },
  };
  const shadow = { ...list.shadow!, rules: list.shadow!.rules.map((rule) => ({ ...rule, condition: throwing })) };
  const { effect, shadow: told } = decideBesideShadow({ ...list, shadow }, asking);
  assert.deepEqual([effect, told], ['allow', undefined]);
});
