import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { IdentifiedPrincipal } from '../../../identity/principal.ts';
import { compilePolicySet } from '../../../policies/policy-set.ts';
import { scopesAllow, scopesOf } from '../../../policies/scopes.ts';
import {
  clusterConfig,
  device,
  engine,
  input,
  NOW,
  namespace,
  policy,
  principal,
  service,
  session,
  user,
} from './fixtures.ts';

const allowAll = policy('allow-all', { rules: [{ effect: 'ALLOW', condition: { matchAny: true } }] });
const set = compilePolicySet({ policies: [allowAll], owners: [], engine });

function reason(who: IdentifiedPrincipal, isPublic = true): string {
  const target = service({ isPublic, authorization: { policies: ['allow-all'] } });
  const authorizer = set.authorizerFor(target, namespace(), clusterConfig());
  return authorizer.authorize(who, input({ principal: who })).reason;
}

const disabled = user('alice', { isDisabled: true });

describe('what must hold before any policy is asked', () => {
  const cases: readonly (readonly [string, IdentifiedPrincipal, string])[] = [
    ['an active session', principal(), 'policy-allowed'],
    ['a pending session', principal({ session: session({ state: 'PENDING' }) }), 'session-not-active'],
    ['a rejected session', principal({ session: session({ state: 'REJECTED' }) }), 'session-not-active'],
    ['an expired session', principal({ session: session({ expiresAt: '2026-11-18T11:59:59Z' }) }), 'session-expired'],
    [
      'the very moment of its end',
      principal({ session: session({ expiresAt: new Date(NOW).toISOString() }) }),
      'session-expired',
    ],
    ['an end that cannot be read', principal({ session: session({ expiresAt: 'soon' }) }), 'session-expired'],
    ['a device that is not active', principal({ device: device({ state: 'PENDING' }) }), 'session-not-active'],
    ['a disabled user', principal({ user: disabled }), 'user-disabled'],
    [
      'state before expiry',
      principal({ session: session({ state: 'PENDING', expiresAt: 'soon' }) }),
      'session-not-active',
    ],
    [
      'expiry before the user',
      principal({ session: session({ expiresAt: 'soon' }), user: disabled }),
      'session-expired',
    ],
    [
      'a scope for another Service',
      principal({ session: session({}, { scopes: ['service:web'] }) }),
      'scope-insufficient',
    ],
    ['the user before scopes', principal({ session: session({}, { scopes: ['x'] }), user: disabled }), 'user-disabled'],
  ];
  for (const [what, who, expected] of cases) test(what, () => assert.equal(reason(who), expected));

  test('a private Service wants a client session', () => {
    assert.equal(reason(principal(), false), 'session-client-type');
    assert.equal(reason(principal({ session: session({}, { type: 'CLIENT' }) }), false), 'policy-allowed');
  });
});

describe('scopes', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['service:*', 'api', true],
    ['service:*', 'api.prod', true],
    ['service:api', 'api', true],
    ['service:api.default', 'api', true],
    ['service:default/*', 'api', true],
    ['service:api.prod', 'api.prod', true],
    ['service:prod/*', 'api.prod', true],
    ['service:api', 'api.prod', false],
    ['service:api.prod', 'api', false],
    ['service:prod/*', 'api', false],
    ['service:default/*', 'api.prod', false],
    ['service:ap', 'api', false],
    ['service:', 'api', false],
    ['service:API', 'api', false],
    ['api:*', 'api', false],
    ['api', 'api', false],
  ];
  for (const [scope, name, allowed] of cases) {
    test(`${scope} ${allowed ? 'lets in to' : 'keeps out of'} ${name}`, () => {
      assert.equal(scopesAllow([scope], scopesOf(name)), allowed);
    });
  }
  test('none at all narrow nothing', () => {
    assert.equal(scopesAllow(undefined, scopesOf('api')) && scopesAllow([], scopesOf('api')), true);
  });
  test('one that fits is enough', () => assert.equal(scopesAllow(['api:*', 'service:api'], scopesOf('api')), true));
});
