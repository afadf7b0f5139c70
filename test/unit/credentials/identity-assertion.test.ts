import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import type { IdentifiedPrincipal } from '../../../identity/principal.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { createIdentityAssertion } from '../../../src/credentials/identity-assertion.ts';
import type { IdentityAssertion, User } from '../../../src/model/index.ts';
import { newSigningKey } from '../../../src/secrets/signing/signing-key.ts';
import { SigningKeys } from '../../../src/secrets/signing/signing-keys.ts';
import { TestClock } from '../../support/test-clock.ts';
import { exchangeWith } from '../upstream/support.ts';

const clock = new TestClock();
const keys = new SigningKeys();
keys.replace([newSigningKey('EDDSA', 0, 0), newSigningKey('ES256', 0, 0)]);
const DEPS = { keys, clock, issuer: 'https://example.com', audience: 'https://app.example.com' };
const HEADER = 'x-ostiary-assertion';

interface Who {
  readonly uid?: string;
  readonly endsIn?: number;
  readonly spec?: Partial<User['spec']>;
  readonly displayName?: string;
  readonly groups?: readonly string[];
}

function principal({ uid = 'session', endsIn = 3_600_000, spec = {}, displayName, groups = [] }: Who = {}) {
  const expiresAt = new Date(clock.now() + endsIn).toISOString();
  const metadata = { name: 'dana', ...(displayName !== undefined && { displayName }) };
  return {
    kind: 'human',
    user: { kind: 'User', metadata, spec: { type: 'HUMAN', ...spec } },
    groups: groups.map((name) => ({ kind: 'Group', metadata: { name }, spec: {} })),
    session: { metadata: { uid }, spec: { expiresAt } },
    device: null,
  } as unknown as IdentifiedPrincipal;
}

function inject(
  plugin: ReturnType<typeof createIdentityAssertion>,
  who: IdentifiedPrincipal | null,
  sent: readonly (readonly [string, string])[] = [],
) {
  const x = exchangeWith({ headers: HeaderList.from(sent) });
  x.principal = who ?? { kind: 'anonymous', user: null, groups: [], session: null, device: null };
  const outcome = plugin.inject!(x);
  return { outcome, headers: Object.fromEntries(x.outgoing!.headers) };
}

const plugin = (settings: IdentityAssertion = {}) => createIdentityAssertion(settings, DEPS);

test('one signature serves a session for half of its life, also when the principal is made anew', () => {
  const one = plugin();
  const first = inject(one, principal()).headers[HEADER];
  assert.equal(inject(one, principal()).headers[HEADER], first);
  clock.advance(29_999);
  const sameEnd = principal({ endsIn: 3_600_000 - 29_999 });
  assert.equal(inject(one, sameEnd).headers[HEADER], first);
  clock.advance(1);
  assert.notEqual(inject(one, sameEnd).headers[HEADER], first);
});

test('another session, another content, another end and another key are signed anew', () => {
  const one = plugin();
  const first = inject(one, principal()).headers[HEADER];
  for (const who of [
    { uid: 'other' },
    { groups: ['staff'] },
    { spec: { email: 'd@example.com' } },
    { endsIn: 60_000 },
  ]) {
    assert.notEqual(inject(one, principal(who)).headers[HEADER], first);
  }
  const before = inject(one, principal()).headers[HEADER];
  keys.replace([newSigningKey('EDDSA', 0, 0), newSigningKey('ES256', 0, 0)]);
  assert.notEqual(inject(one, principal()).headers[HEADER], before);
});

test('an assertion does not outlive its session', () => {
  const { exp } = decodeJwt(inject(plugin(), principal({ endsIn: 5_000 })).headers[HEADER]!);
  assert.ok(exp! * 1000 <= clock.now() + 5_000);
});

test('without a key nothing is forwarded', () => {
  const keyless = createIdentityAssertion({}, { ...DEPS, keys: { current: () => null } });
  const { outcome, headers } = inject(keyless, principal(), [[HEADER, 'spoofed']]);
  assert.equal((outcome as { reason: string }).reason, 'credential-unavailable');
  assert.notEqual(headers[HEADER], '');
});

const HEADERS = { user: 'X-User', email: 'X-Email', groups: 'X-Groups', name: 'X-Name' };

test('plain headers: what the user has, and nothing of what stood there', () => {
  const one = plugin({ headers: HEADERS });
  const stood = ['x-user', 'x-email', 'x-groups', 'x-name'].map((name) => [name, 'admin'] as const);
  const { headers } = inject(one, principal({ displayName: 'Ünal, 100%\r\nX: 1' }), stood);
  const { [HEADER]: _assertion, ...plain } = headers;
  assert.deepEqual(plain, { 'x-user': 'dana', 'x-name': '%C3%9Cnal, 100%25%0D%0AX: 1' });
  assert.deepEqual(inject(one, null, [...stood, [HEADER, 'spoofed']]).headers, {});
});

for (const email of ['dänä@example.com', 'a\u0000@example.com', 'a\u0007b@example.com']) {
  test(`the e-mail address ${JSON.stringify(email)} is in no header`, () => {
    const { outcome } = inject(plugin({ headers: HEADERS }), principal({ spec: { email } }));
    assert.match(JSON.stringify(outcome), /credential-unavailable.*x-email cannot be set/);
  });
}

test('a list of groups is never cut off', () => {
  const groups = Array.from({ length: 300 }, (_, i) => `group-of-a-rather-long-name-${i}`);
  assert.match(JSON.stringify(inject(plugin(), principal({ groups })).outcome), /too many groups/);
  assert.match(JSON.stringify(inject(plugin({ headers: HEADERS }), principal({ groups })).outcome), /too many groups/);
});
