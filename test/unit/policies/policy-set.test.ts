import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../policies/engine.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import type { Authorization, PolicySpec } from '../../../src/model/index.ts';
import {
  clusterConfig,
  device,
  engine,
  group,
  input,
  namespace,
  policy,
  principal,
  service,
  session,
  user,
} from './fixtures.ts';

const allow = (match: string): PolicySpec => ({ rules: [{ effect: 'ALLOW', condition: { match } }] });

function countingEngine(): { readonly engine: Engine; readonly sources: string[] } {
  const sources: string[] = [];
  const compile: Engine['compile'] = (source, attrs) => {
    sources.push(source);
    return engine.compile(source, attrs);
  };
  return { engine: { language: 'cel', compile }, sources };
}

test('problems name the resource, the path in it and the place in the text', () => {
  const inlinePolicies = [{ name: 'own', spec: allow('true &&\n usr') }];
  const owners = [service({ authorization: { inlinePolicies } }), user()];
  const enforcementRules = [{ effect: 'IGNORE' as const, condition: { any: { of: [{ not: 'foo(1)' }] } } }];
  const policies = [policy('fine', allow('true')), policy('bad', { ...allow('ctx.usr'), enforcementRules })];
  const { problems } = compilePolicySet({ policies, owners, engine });
  assert.deepEqual(
    problems.map(({ owner, path, line, column }) => [owner.kind, owner.metadata.name, path.join('.'), line, column]),
    [
      ['Policy', 'bad', 'spec.rules.0.condition.match', 1, 5],
      ['Policy', 'bad', 'spec.enforcementRules.0.condition.any.of.0.not', 1, 1],
      ['Service', 'api', 'spec.authorization.inlinePolicies.0.spec.rules.0.condition.match', 2, 2],
    ],
  );
});

test('a Policy that did not change is taken from the set before', () => {
  const { engine: counting, sources } = countingEngine();
  const policies = [policy('a', allow('1 == 1')), policy('b', allow('ctxt'))];
  const first = compilePolicySet({ policies, owners: [], engine: counting });
  sources.length = 0;
  const again = [policy('a', allow('1 == 1')), policy('b', allow('ctxt')), policy('c', allow('3 == 3'))];
  const second = compilePolicySet({ policies: again, owners: [], engine: counting, previous: first });
  assert.deepEqual(sources, ['ctxt', '3 == 3'], 'what was broken is tried again');
  assert.equal(second.problems.length, 1, 'what was broken stays reported');
  const third = compilePolicySet({
    policies: [policy('a', allow('2 == 2'))],
    owners: [],
    engine: counting,
    previous: second,
  });
  assert.deepEqual(sources, ['ctxt', '3 == 3', '2 == 2']);
  assert.equal(third.problems.length, 0);
});

const inline = (match: string): Authorization => ({ inlinePolicies: [{ name: 'own', spec: allow(match) }] });

function authorizer() {
  return compilePolicySet({ policies: [], owners: [], engine }).authorizerFor(service(), namespace(), clusterConfig());
}

test('the rules of a principal are collected once', () => {
  const { engine: counting, sources } = countingEngine();
  const set = compilePolicySet({ policies: [], owners: [], engine: counting });
  const one = set.authorizerFor(service(), namespace(), clusterConfig());
  const who = { ...principal(), user: user('alice', { authorization: inline('true') }) };
  const sessionOf = () => session({ authorization: inline('false') });
  for (let i = 0; i < 3; i++) {
    const asked = { ...who, session: sessionOf() };
    assert.equal(one.authorize(asked, input({ principal: asked })).reason, 'policy-allowed');
  }
  assert.deepEqual(sources, ['true', 'false'], 'though the session is read anew for each request');
});

test('another session, group list or user is another list of rules', () => {
  const one = authorizer();
  const alice = user();
  const reason = (who: ReturnType<typeof principal>) => one.authorize(who, input({ principal: who })).reason;
  assert.equal(reason(principal({ user: alice })), 'no-policy-match');
  const allowed = session({ authorization: inline('true') });
  assert.equal(reason(principal({ user: alice, session: allowed })), 'policy-allowed');
  assert.equal(reason(principal({ user: alice })), 'no-policy-match');
  assert.equal(reason(principal({ user: alice, groups: [group('dev', inline('true'))] })), 'policy-allowed');
  assert.equal(reason(principal({ user: alice, groups: [] })), 'no-policy-match');
  assert.equal(reason(principal({ user: user('bob', { authorization: inline('true') }) })), 'policy-allowed');
});

test('who brings nothing along shares rules with nobody who does', () => {
  const allowed: Authorization = inline('true');
  const one = compilePolicySet({ policies: [], owners: [], engine }).authorizerFor(
    service({ authorization: { inlinePolicies: [{ spec: allow('true') }] } }),
    namespace(),
    clusterConfig(),
  );
  const denied: Authorization = {
    inlinePolicies: [{ spec: { rules: [{ effect: 'DENY', condition: { match: 'true' } }] } }],
  };
  const reason = (parts: Parameters<typeof principal>[0]) => {
    const who = principal(parts);
    return one.authorize(who, input({ principal: who })).reason;
  };
  const bringing = [
    { user: user('eve', { authorization: denied }) },
    { groups: [group('dev'), group('suspended', denied)] },
    { session: session({ authorization: denied }) },
    { device: device({ authorization: denied }) },
  ];
  for (const parts of bringing) {
    assert.equal(reason({}), 'policy-allowed');
    assert.equal(reason({ user: user('bob'), groups: [group('ops')], device: device() }), 'policy-allowed');
    assert.equal(reason(parts), 'policy-denied');
  }
  assert.equal(reason({ session: session({ authorization: allowed }) }), 'policy-allowed');
});

test('a policy that is attached in several places is asked once', () => {
  let asked = 0;
  const counting: Engine = {
    language: 'cel',
    compile: (source) => {
      const evaluate = () => {
        asked += 1;
        return { kind: 'value', value: false } as const;
      };
      return { ok: true, program: { source, type: 'bool', evaluate } };
    },
  };
  const everywhere: Authorization = { policies: ['a', 'a'] };
  const set = compilePolicySet({ policies: [policy('a', allow('x'))], owners: [], engine: counting });
  const target = service({ authorization: everywhere });
  const who = principal({ user: user('alice', { authorization: everywhere }) });
  const authorizer = set.authorizerFor(target, namespace(everywhere), clusterConfig(everywhere));
  assert.equal(authorizer.authorize(who, input({ principal: who })).reason, 'no-policy-match');
  assert.equal(asked, 1);
});
