import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAuthentication } from '../../../policies/authentication.ts';
import type { Condition, IdentityProvider, User } from '../../../src/model/index.ts';

function providerWith(spec: Partial<IdentityProvider['spec']>): IdentityProvider {
  return { kind: 'IdentityProvider', metadata: { name: 'corp' }, spec };
}

const USER: User = { kind: 'User', metadata: { name: 'ann' }, spec: { type: 'HUMAN', groups: ['staff'] } };
const INFO = { type: 'IDENTITY_PROVIDER', aal: 'AAL1' } as const;

function aalOf(claims: object, ...rules: [condition: Condition, aal: 'AAL1' | 'AAL2' | 'AAL3'][]) {
  const provider = providerWith({ aalRules: rules.map(([condition, aal]) => ({ condition, aal })) });
  return compileAuthentication([provider], () => 0).rules.aal(provider, { ...claims });
}

function refusal(claims: object, ...rules: [condition: Condition, effect: 'ALLOW' | 'DENY'][]) {
  const postAuthenticationRules = rules.map(([condition, effect], i) => ({ name: `r${i}`, condition, effect }));
  const provider = providerWith({ postAuthenticationRules });
  const { rules: compiled } = compileAuthentication([provider], () => 0);
  return compiled.refusal(provider, { user: USER, info: INFO, claims: { ...claims } });
}

test('the first rule that matches gives the level; one that cannot be decided gives none', () => {
  const mfa: Condition = { match: '"mfa" in ctx.assertionMap.amr' };
  const any: Condition = { matchAny: true };
  assert.equal(aalOf({ amr: ['pwd', 'mfa'] }, [mfa, 'AAL2'], [any, 'AAL1']), 'AAL2');
  assert.equal(aalOf({ amr: ['pwd'] }, [mfa, 'AAL2'], [any, 'AAL1']), 'AAL1');
  assert.equal(aalOf({}, [mfa, 'AAL2'], [any, 'AAL1']), 'AAL1');
  assert.equal(aalOf({}, [mfa, 'AAL2']), null);
  assert.equal(aalOf({ acr: 'gold' }, [{ match: 'ctx.assertion.acr == "gold"' }, 'AAL3']), 'AAL3');
});

test('answers about one person are never given for another', () => {
  const provider = providerWith({ aalRules: [{ condition: { match: 'ctx.assertionMap.vip' }, aal: 'AAL3' }] });
  const { rules } = compileAuthentication([provider], () => 0);
  assert.deepEqual(
    [true, false, true].map((vip) => rules.aal(provider, { vip })),
    ['AAL3', null, 'AAL3'],
  );
  const users = providerWith({
    postAuthenticationRules: [{ condition: { match: 'ctx.user.metadata.name == "ann"' }, effect: 'DENY' }],
  });
  const compiled = compileAuthentication([users], () => 0).rules;
  const ask = (name: string) =>
    compiled.refusal(users, { user: { ...USER, metadata: { name } }, info: INFO, claims: {} });
  assert.deepEqual(
    ['ann', 'bob', 'ann'].map((name) => ask(name) === null),
    [false, true, false],
  );
});

test('the first rule that matches decides a sign-in, and without one it is allowed', () => {
  const staff: Condition = { match: '"staff" in ctx.user.spec.groups' };
  assert.equal(refusal({}), null);
  assert.equal(refusal({}, [staff, 'ALLOW'], [{ matchAny: true }, 'DENY']), null);
  assert.equal(refusal({}, [{ matchAny: true }, 'DENY'], [staff, 'ALLOW']), 'denied by r0');
  assert.equal(refusal({}, [{ match: 'ctx.authenticationInfo.aal != "AAL2"' }, 'DENY']), 'denied by r0');
  assert.equal(refusal({}, [{ match: 'ctx.identityProvider.metadata.name == "corp"' }, 'DENY']), 'denied by r0');
});

test('a rule that cannot be decided denies, whatever its effect', () => {
  const broken: Condition = { match: 'ctx.assertionMap.department == "it"' };
  for (const effect of ['ALLOW', 'DENY'] as const)
    assert.match(refusal({}, [broken, effect]) ?? '', /^r0 cannot be decided/);
  assert.equal(refusal({ department: 'it' }, [broken, 'ALLOW']), null);
});

test('what the rules cannot know is a mistake, with its place', () => {
  const aalRules = [{ condition: { match: 'ctx.user.metadata.name == "ann"' }, aal: 'AAL2' as const }];
  const postAuthenticationRules = [
    { condition: { all: { of: [{ match: 'ctx.request.http.path == "/"' }] } }, effect: 'DENY' as const },
    { condition: { opa: { inline: 'package octelium.condition' } }, effect: 'DENY' as const },
  ];
  const { problems } = compileAuthentication([providerWith({ aalRules, postAuthenticationRules })], () => 0);
  assert.deepEqual(
    problems.map(({ path }) => path.join('.')),
    [
      'spec.aalRules.0.condition.match',
      'spec.postAuthenticationRules.0.condition.all.of.0.match',
      'spec.postAuthenticationRules.1.condition.opa.inline',
    ],
  );
});
