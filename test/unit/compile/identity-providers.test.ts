import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bench } from './compiled.ts';

function provider(name: string, condition: string): string {
  return `
kind: IdentityProvider
metadata: {name: ${name}}
spec:
  oidc: {issuerURL: https://login.example.com, clientID: c, clientSecret: {fromSecret: s}}
  postAuthenticationRules:
    - condition: {match: '${condition}'}
      effect: DENY
---`;
}

test('nobody signs in at a provider whose rules cannot work, and the mistake is told with its place', () => {
  const { snapshot, errors } = bench().compile(
    `${provider('sound', 'ctx.user.metadata.name == "x"')}${provider('broken', 'ctx.user.metadata.nam == "x"')}`,
  );
  assert.deepEqual(
    snapshot.identityProviders.map(({ metadata }) => metadata.name),
    ['sound'],
  );
  assert.equal(errors.length, 1, String(errors));
  assert.match(errors[0]!, /spec\.postAuthenticationRules\[0\]\.condition\.match: .*nam/);
});

test('the rules that were compiled are those of the snapshot', () => {
  const { snapshot } = bench().compile(provider('sound', 'ctx.user.metadata.name == "mallory"'));
  const [sound] = snapshot.identityProviders;
  const refusalOf = (name: string) =>
    snapshot.authentication.refusal(sound!, {
      user: { kind: 'User', metadata: { name }, spec: { type: 'HUMAN' } },
      info: { type: 'IDENTITY_PROVIDER' },
      claims: {},
    });
  assert.deepEqual([refusalOf('alice'), refusalOf('mallory')], [null, 'denied by postAuthenticationRules[0]']);
});
