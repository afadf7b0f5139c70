import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { areWithin, covers, meetOf, parseScopes } from '../../../identity/oauth2/scopes.ts';
import { scopesAllow, scopesOf } from '../../../policies/scopes.ts';

const COVERS: readonly (readonly [wide: string, narrow: string, does: boolean])[] = [
  ['service:*', 'service:api', true],
  ['service:*', 'service:prod/*', true],
  ['service:api', 'service:*', false],
  ['service:api', 'service:api', true],
  ['service:api', 'service:api.default', true],
  ['service:default/*', 'service:api', true],
  ['service:default/*', 'service:api.prod', false],
  ['service:prod/*', 'service:api.prod', true],
  ['service:prod/*', 'service:prod/*', true],
  ['service:prod/*', 'service:test/*', false],
  ['service:prod/*', 'service:*', false],
  ['service:api', 'service:api.prod', false],
  ['service:*', 'api:core', false],
  ['api:*', 'service:api', false],
  ['api:core', 'api:core.Service', true],
  ['api:core', 'api:corex.Service', false],
  ['api:core.Service', 'api:core.Service/Get', true],
  ['api:core.Service', 'api:core', false],
];

for (const [wide, narrow, does] of COVERS) {
  test(`${wide} ${does ? 'covers' : 'does not cover'} ${narrow}`, () => assert.equal(covers(wide, narrow), does));
}

test('a scope parameter is a list of scopes, each once', () => {
  assert.deepEqual(parseScopes('service:b service:a service:b'), ['service:b', 'service:a']);
  for (const text of ['', ' ', 'openid', 'service:', 'service:A', 'service:api,service:b', '__proto__']) {
    assert.equal(parseScopes(text), null, text);
  }
});

test('no scopes allow everything, and something that is not allowed is not made up for by something that is', () => {
  assert.equal(areWithin(['service:*'], undefined), true);
  assert.equal(areWithin(['service:*'], []), true);
  assert.equal(areWithin(['service:a', 'service:b'], ['service:a']), false);
});

test('what narrows to nothing is empty, never unlimited', () => {
  assert.deepEqual(meetOf(['service:a'], ['service:b']), []);
  assert.equal(meetOf(undefined, undefined), undefined);
  assert.equal(meetOf([], undefined), undefined);
  assert.deepEqual(meetOf(undefined, ['service:a']), ['service:a']);
});

const scopes = fc.array(
  fc.constantFrom('service:*', 'service:a', 'service:a.default', 'service:a.p', 'service:p/*', 'service:default/*'),
  { minLength: 1, maxLength: 4 },
);

test('a Service is allowed by the meet exactly when both allow it', () => {
  fc.assert(
    fc.property(scopes, scopes, fc.constantFrom('a', 'b', 'a.p', 'b.p'), (some, others, name) => {
      const accepted = scopesOf(name);
      const met = meetOf(some, others)!;
      const both = scopesAllow(some, accepted) && scopesAllow(others, accepted);
      assert.equal(met.length > 0 && scopesAllow(met, accepted), both);
    }),
  );
});

test('what changes the directory must be stated: no scopes do not allow it', () => {
  assert.equal(areWithin(['scim:*'], undefined), false);
  assert.equal(areWithin(['service:api', 'scim:*'], []), false);
  assert.equal(areWithin(['scim:*'], ['service:*']), false);
  assert.equal(areWithin(['scim:*'], ['scim:*']), true);
});
