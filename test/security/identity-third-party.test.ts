/** Tokens of other issuers: every way in which a wrong one could pass for a right one (RFC 8725, R36, R37, R39, R40). */
import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { type JWK, type JWTPayload, UnsecuredJWT } from 'jose';
import { Directory } from '../../identity/directory/directory.ts';
import type { Identification } from '../../identity/identification.ts';
import { KeySets } from '../../identity/third-party/key-sets.ts';
import { ThirdPartyTokens } from '../../identity/third-party/third-party-tokens.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { AcceptedJwt, AcceptedToken, User } from '../../src/model/index.ts';
import { TestClock } from '../support/test-clock.ts';
import { newKey, TokenIssuer } from '../support/token-issuer.ts';

const USERS: readonly User[] = ['robot-1', 'robot-2'].map((identifier) => ({
  kind: 'User',
  metadata: { name: identifier },
  spec: { type: 'WORKLOAD', authentication: { identities: [{ identityProvider: 'corp', identifier }] } },
}));
const DIRECTORY = new Directory(USERS, [], []);

interface World {
  readonly issuer: TokenIssuer;
  readonly clock: TestClock;
  /** Name of the user, or the reason and the detail. */
  readonly shows: (token: string, headers?: readonly (readonly [string, string])[]) => Promise<string>;
  readonly ask: (token: string) => Promise<Identification>;
}

async function world(jwt: Partial<AcceptedJwt> = {}, more: Partial<AcceptedToken> = {}): Promise<World> {
  const issuer = await TokenIssuer.start();
  const given = { issuer: issuer.issuer, jwksURL: issuer.jwksURL, audiences: ['api'], ...jwt };
  const usual: AcceptedToken = { name: 'corp', jwt: given, identityProvider: 'corp', ...more };
  return worldOf(issuer, [usual]);
}

/** Such as a program that calls itself as a person does: the `sub` of its tokens is the name that it chose. */
test('whoever states an issuer or a subject is nobody who only calls himself so', async () => {
  const issuer = await TokenIssuer.start();
  const jwt = { issuer: issuer.issuer, jwksURL: issuer.jwksURL, audiences: ['api'] };
  const settings: AcceptedToken = { name: 'corp', jwt, identityProvider: 'corp' };
  const PINS: readonly (readonly [sub: string, pin: object, expected: RegExp])[] = [
    ['alice', { subject: '123' }, /no User has this identity/],
    ['alice', { issuer: 'https://elsewhere.example' }, /no User has this identity/],
    ['alice', { issuer: issuer.issuer, subject: '123' }, /no User has this identity/],
    ['123', { issuer: 'https://elsewhere.example', subject: '123' }, /no User has this identity/],
    ['123', { issuer: issuer.issuer, subject: '123' }, /^alice$/],
    ['alice', { issuer: issuer.issuer }, /^alice$/],
  ];
  for (const [sub, pin, expected] of PINS) {
    const identities = [{ identityProvider: 'corp', identifier: 'alice', ...pin }];
    const alice: User = {
      kind: 'User',
      metadata: { name: 'alice' },
      spec: { type: 'HUMAN', authentication: { identities } },
    };
    const { shows } = worldOf(issuer, [settings], () => true, new Directory([alice], [], []));
    assert.match(await shows(await issuer.token({ sub })), expected, JSON.stringify([sub, pin]));
  }
});

function worldOf(
  issuer: TokenIssuer,
  settings: readonly AcceptedToken[],
  isProviderEnabled = () => true,
  directory = DIRECTORY,
): World {
  const clock = new TestClock();
  const tokens = new ThirdPartyTokens(settings, 'app', { keySets: new KeySets(clock), clock, domain: 'gate.example' });
  const around = { directory, isProviderEnabled, openSecret: () => new SecretValue('s:cret') };
  const ask = (headers: HeaderList) => tokens.identify(headers, around);
  const bearing = (token: string) => HeaderList.from([['authorization', `Bearer ${token}`]]);
  return {
    issuer,
    clock,
    ask: (token) => ask(bearing(token)),
    shows: async (token, headers) =>
      wordsOf(await ask(headers === undefined ? bearing(token) : HeaderList.from(headers))),
  };
}

function wordsOf(identification: Identification): string {
  if (identification.kind === 'identified') return identification.principal.user?.metadata.name ?? 'anonymous';
  return identification.kind === 'rejected' ? `${identification.reason}: ${identification.detail}` : 'not-responsible';
}

test('a good token is taken, by the keys of its issuer', async () => {
  const { issuer, shows } = await world();
  assert.equal(await shows(await issuer.token()), 'robot-1');
  assert.equal(await shows(await issuer.token({ sub: 'robot-2', aud: ['other', 'api'] })), 'robot-2');
  assert.equal(issuer.reads, 1);
});

test('discovery finds the keys, and only those of the issuer that it was asked about', async () => {
  const issuer = await TokenIssuer.start();
  const settings = (issuerURL: string): AcceptedToken => {
    return { name: 'corp', jwt: { issuer: issuerURL, audiences: ['api'] }, identityProvider: 'corp' };
  };
  assert.equal(await worldOf(issuer, [settings(issuer.issuer)]).shows(await issuer.token()), 'robot-1');
  const posing = issuer.issuer.replace('127.0.0.1', 'localhost');
  const shown = await worldOf(issuer, [settings(posing)]).shows(await issuer.token({ iss: posing }));
  assert.match(shown, /^identity-unavailable: .*another issuer/);
});

const NOW = Math.floor(Date.now() / 1000);
const WRONG_CLAIMS: readonly (readonly [what: string, claims: Record<string, unknown>, detail: RegExp])[] = [
  ['for another audience', { aud: 'other' }, /"aud"/],
  ['without an audience', { aud: null }, /"aud"/],
  ['that has expired', { exp: NOW - 10 }, /"exp"|expired/],
  ['that does not expire', { exp: null }, /"exp"/],
  ['that expires in words', { exp: 'never' }, /"exp"/],
  ['that is not valid yet', { nbf: NOW + 600 }, /"nbf"/],
  ['from the future', { iat: NOW + 600 }, /future/],
  ['without a subject', { sub: null }, /"sub"/],
  ['with an empty subject', { sub: '' }, /sub/],
  ['with a subject that looks like another one', { sub: 'robot-\u0031\u200b' }, /sub/],
  ['of a subject that is nobody', { sub: 'robot-3' }, /no User/],
  ['that is bound to a key (DPoP)', { cnf: { jkt: 'x' } }, /bound to a key/],
  ['that is an ID token: nonce', { nonce: 'n' }, /nonce/],
  ['that is an ID token: at_hash', { at_hash: 'h' }, /at_hash/],
  ['that is a logout token', { events: {} }, /events/],
  ['that Keycloak calls an ID token', { typ: 'ID' }, /Bearer/],
  ['that Keycloak calls a refresh token', { typ: 'Refresh' }, /Bearer/],
];

for (const [what, claims, detail] of WRONG_CLAIMS) {
  test(`a token ${what} is refused`, async () => {
    const { issuer, shows } = await world();
    const shown = await shows(await issuer.token(claims as JWTPayload));
    assert.match(shown, /^token-invalid: corp: /);
    assert.match(shown, detail);
  });
}

test('the type of a token is held to: an ID token is no access token, and only a long option takes untyped ones', async () => {
  const strict = await world();
  for (const typ of ['JWT', 'id+jwt', 'logout+jwt', 'dpop+jwt', 'secevent+jwt', undefined]) {
    const token = await strict.issuer.token({}, { typ: typ as string });
    assert.match(await strict.shows(token), /^token-invalid: corp: it is not of type at\+jwt$/);
  }
  const lenient = await world({ acceptTokensThatDoNotSayTheyAreAccessTokens: true });
  for (const typ of ['JWT', undefined, 'application/AT+JWT']) {
    assert.equal(await lenient.shows(await lenient.issuer.token({}, { typ: typ as string })), 'robot-1');
  }
  for (const typ of ['logout+jwt', 'dpop+jwt']) {
    assert.match(await lenient.shows(await lenient.issuer.token({}, { typ })), /not of type/);
  }
  assert.match(await lenient.shows(await lenient.issuer.token({ nonce: 'n' }, { typ: 'JWT' })), /nonce/);
});

test('alg none is refused', async () => {
  const { issuer, shows } = await world({ acceptTokensThatDoNotSayTheyAreAccessTokens: true });
  const claims = { iss: issuer.issuer, aud: 'api', sub: 'robot-1', exp: NOW + 600 };
  const unsecured = new UnsecuredJWT(claims).encode();
  assert.match(await shows(unsecured), /^token-invalid|^not-responsible/);
  assert.match(await shows(`${unsecured}e30`), /^token-invalid/);
});

test('a public key is no shared secret: HS256 with it is refused', async () => {
  const { issuer, shows } = await world();
  const key = await newKey('rsa', 'RS256');
  issuer.keys = [key];
  const pem = createPublicKey({ key: key.jwk as JWK & { kty: string }, format: 'jwk' }).export({
    format: 'pem',
    type: 'spki',
  });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: issuer.issuer, aud: 'api', sub: 'robot-1', exp: NOW + 600 };
  const input = `${encode({ alg: 'HS256', typ: 'at+jwt', kid: 'rsa' })}.${encode(claims)}`;
  const forged = `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
  assert.match(await shows(forged), /^token-invalid: corp: ERR_JOSE_ALG_NOT_ALLOWED/);
});

test('a shared key in a published set is not looked at', async () => {
  const { issuer, shows } = await world();
  const real = issuer.keys[0]!;
  issuer.keys = [{ ...real, jwk: { kty: 'oct', k: 'AAAA', kid: 'first' } }];
  assert.match(await shows(await issuer.token({}, {}, real)), /^token-invalid/);
});

test('an algorithm that the Service does not list is refused, although the issuer has a key for it', async () => {
  const { issuer, shows } = await world({ algorithms: ['RS256'] });
  assert.match(await shows(await issuer.token()), /ALG_NOT_ALLOWED/);
});

test('a key that the token brings along is not used', async () => {
  const { issuer, shows } = await world();
  const own = await newKey('first');
  for (const header of [
    { jwk: own.jwk },
    { jku: 'http://127.0.0.1:1/keys' },
    { x5u: 'http://127.0.0.1:1/chain' },
    { x5c: ['AAAA'] },
    { crit: ['exp'], exp: 1 },
  ]) {
    const [name] = Object.keys(header);
    // The library does not sign an extension that it does not know, so the header is put in front afterwards.
    const [, claims, signature] = (await issuer.token({}, {}, own)).split('.');
    const head = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'first', ...header })).toString(
      'base64url',
    );
    assert.match(await shows(`${head}.${claims}.${signature}`), new RegExp(`its header has ${name}`));
  }
  assert.match(await shows(await issuer.token({}, {}, own)), /ERR_JWS_SIGNATURE_VERIFICATION_FAILED/);
});

test('a changed claim, header or signature is refused', async () => {
  const { issuer, shows } = await world();
  const [head = '', claims = '', signature = ''] = (await issuer.token({ sub: 'robot-2' })).split('.');
  const other = (await issuer.token({ sub: 'robot-1' })).split('.')[1];
  assert.match(await shows(`${head}.${other}.${signature}`), /SIGNATURE/);
  assert.match(await shows(`${head}.${claims}.`), /^token-invalid/);
  assert.match(await shows(`${head}.${claims}.${'A'.repeat(86)}`), /SIGNATURE/);
});

test('without a key id: the only key serves, several are a guess that is not made', async () => {
  const { issuer, shows } = await world();
  const [one, two] = [await newKey(null), await newKey(null)];
  issuer.keys = [one];
  assert.equal(await shows(await issuer.token({}, {}, one)), 'robot-1');
  const other = await world();
  other.issuer.keys = [one, two];
  assert.match(await other.shows(await other.issuer.token({}, {}, one)), /ERR_JWKS_MULTIPLE_MATCHING_KEYS/);
});

test('another issuer, or the same one spelt otherwise, is nobody here', async () => {
  const { issuer, shows } = await world();
  for (const iss of [`${issuer.issuer}/`, 'https://other.example', issuer.issuer.toUpperCase()]) {
    assert.equal(await shows(await issuer.token({ iss })), 'not-responsible');
  }
});

test('two issuers of one Service: the key of one signs nothing for the other', async () => {
  const [a, b] = [await TokenIssuer.start(), await TokenIssuer.start()];
  const settings = [a, b].map(
    ({ issuer, jwksURL }, i): AcceptedToken => ({
      name: `issuer-${i}`,
      jwt: { issuer, jwksURL, audiences: ['api'] },
      identityProvider: 'corp',
    }),
  );
  const { shows } = worldOf(a, settings);
  assert.equal(await shows(await a.token()), 'robot-1');
  assert.match(await shows(await a.token({ iss: b.issuer })), /^token-invalid: issuer-1: .*SIGNATURE/);
});

test('scopes and claims that are required', async () => {
  const { issuer, shows } = await world({
    requiredScopes: ['read', 'write'],
    requiredClaims: { tenant: 'acme', vip: true },
  });
  const claims = { tenant: ['acme', 'other'], vip: true };
  assert.equal(await shows(await issuer.token({ ...claims, scope: 'write read' })), 'robot-1');
  assert.equal(await shows(await issuer.token({ ...claims, scp: ['write', 'read'] })), 'robot-1');
  assert.match(await shows(await issuer.token({ ...claims, scope: 'read' })), /^scope-insufficient: .*write/);
  assert.match(await shows(await issuer.token({ ...claims, scope: 'readwrite' })), /^scope-insufficient/);
  assert.match(await shows(await issuer.token({ ...claims, scope: 'read write', tenant: 'ACME' })), /tenant/);
  assert.match(await shows(await issuer.token({ ...claims, scope: 'read write', vip: 'true' })), /vip/);
});

test('made-up key ids bring about one read in half a minute, and a rotation is noticed then', async () => {
  const { issuer, clock, shows } = await world();
  await shows(await issuer.token());
  const next = await newKey('second');
  clock.advance(31_000);
  for (let i = 0; i < 20; i++) await shows(await issuer.token({}, { kid: `made-up-${i}` }));
  assert.equal(issuer.reads, 2);
  issuer.keys = [next, ...issuer.keys];
  assert.match(await shows(await issuer.token()), /NO_MATCHING_KEY/);
  clock.advance(30_000);
  assert.equal(await shows(await issuer.token()), 'robot-1');
  assert.equal(issuer.reads, 3);
});

const BROKEN: Readonly<Record<string, NonNullable<TokenIssuer['misbehave']>>> = {
  'answers with an error': (_, response) => void response.writeHead(500).end(),
  'is larger than anything': (_, response) => void response.end(`{"keys":["${'x'.repeat(300_000)}"]}`),
  'never comes': () => {},
  'is no JSON': (_, response) => void response.end('<html>'),
  'is no key set': (_, response) => void response.end('{"keys":5}'),
  'leads elsewhere': (_, response) => void response.writeHead(302, { location: '/other' }).end(),
  'ends in the middle': (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"keys":[');
    response.destroy();
  },
};

for (const [what, misbehave] of Object.entries(BROKEN)) {
  test(`a key set that ${what} verifies nothing`, async () => {
    const { issuer, shows } = await world();
    issuer.misbehave = misbehave;
    assert.match(await shows(await issuer.token()), /^identity-unavailable/);
  });
}

test('a provider that is down: known keys for an hour, then nothing, and it is not asked each time', async () => {
  const { issuer, clock, shows } = await world();
  const fresh = () => issuer.token({ exp: NOW + 100_000, jti: String(Math.random()) });
  assert.equal(await shows(await fresh()), 'robot-1');
  let asked = 0;
  issuer.misbehave = (_, response) => {
    asked++;
    response.writeHead(503).end();
  };
  clock.advance(11 * 60_000);
  for (let i = 0; i < 5; i++) assert.equal(await shows(await fresh()), 'robot-1');
  assert.equal(asked, 1);
  clock.advance(50 * 60_000);
  assert.match(await shows(await fresh()), /^identity-unavailable/);
  issuer.misbehave = null;
  clock.advance(30_000);
  assert.equal(await shows(await fresh()), 'robot-1');
});

test('a verified token is not believed beyond its end', async () => {
  const { issuer, clock, shows } = await world();
  const token = await issuer.token({ exp: Math.floor(clock.now() / 1000) + 30 });
  assert.equal(await shows(token), 'robot-1');
  clock.advance(40_000);
  assert.match(await shows(token), /^token-invalid/);
});

test('what is ours stays ours, and what is no token is refused', async () => {
  const { issuer, shows } = await world();
  const token = await issuer.token();
  assert.equal(await shows('ost_at_whatever'), 'not-responsible');
  assert.match(await shows(`${token.slice(0, -8)}xost_at_`), /SIGNATURE/, 'part of a token of somebody else');
  assert.equal(await shows('', [['authorization', 'Basic YTpi']]), 'not-responsible');
  const both: (readonly [string, string])[] = [
    ['authorization', `Bearer ${token}`],
    ['authorization', `Bearer ${token}`],
  ];
  assert.match(await shows('', both), /^token-invalid: authorization is repeated/);
  assert.match(await shows('', [['authorization', 'Bearer ']]), /^token-invalid/);
  assert.match(await shows('', [['authorization', `Bearer ${token} ${token}`]]), /^token-invalid/);
  assert.equal(
    await shows('', [
      ['x-ostiary-auth', 'x'],
      ['authorization', `Bearer ${token}`],
    ]),
    'not-responsible',
  );
});

test('a disabled IdentityProvider vouches for nobody', async () => {
  const issuer = await TokenIssuer.start();
  const jwt = { issuer: issuer.issuer, jwksURL: issuer.jwksURL, audiences: ['api'] };
  const { shows } = worldOf(issuer, [{ name: 'corp', jwt, identityProvider: 'corp' }], () => false);
  assert.match(await shows(await issuer.token()), /disabled/);
});

test('a transient principal can be no User, and may use this Service only', async () => {
  const { issuer, ask } = await world({}, { letSubjectsWithoutUserInAsTransientPrincipals: true });
  assert.equal(wordsOf(await ask(await issuer.token())), 'robot-1');
  const identified = await ask(await issuer.token({ sub: 'admin', tenant: 'acme', scope: 'read service:*' }));
  assert.equal(wordsOf(identified), 'external:corp:admin');
  assert.ok(identified.kind === 'identified' && identified.principal.kind === 'workload');
  const { session, groups } = identified.principal;
  assert.deepEqual(groups, []);
  assert.deepEqual(session.status.scopes, ['service:app']);
  assert.equal(session.status.authentication.info.type, 'EXTERNAL');
  assert.equal(session.status.authentication.info.external?.claims.tenant, 'acme');
});

// Opaque tokens

async function introspecting(more: object = {}) {
  const issuer = await TokenIssuer.start();
  const introspection = {
    url: issuer.introspectionURL,
    clientID: 'gate way',
    clientSecret: { fromSecret: 'key' },
    audiences: ['api'],
    ...more,
  };
  const known = worldOf(issuer, [{ name: 'opaque', introspection, identityProvider: 'corp' }]);
  const give = (token: string, answer: object) =>
    issuer.opaque.set(token, { active: true, sub: 'robot-1', aud: 'api', ...answer });
  return { ...known, give };
}

test('opaque tokens: their maker is asked, once in a while, as the client that we are there', async () => {
  const { issuer, clock, shows, give } = await introspecting();
  give('good', {});
  assert.deepEqual(await Promise.all([shows('good'), shows('good'), shows('good')]), ['robot-1', 'robot-1', 'robot-1']);
  assert.equal(issuer.asked.length, 1);
  const [, credentials = ''] = issuer.asked[0]!.authorization.split(' ');
  assert.equal(Buffer.from(credentials, 'base64').toString(), 'gate+way:s%3Acret');
  issuer.opaque.clear();
  clock.advance(29_999);
  assert.equal(await shows('good'), 'robot-1');
  clock.advance(1);
  assert.match(await shows('good'), /^token-invalid: opaque: it is not active/);
});

const REFUSED_ANSWERS: readonly (readonly [what: string, answer: object, reason: RegExp])[] = [
  ['is not active', { active: false }, /^token-invalid/],
  ['says active in words', { active: 'true' }, /^token-invalid/],
  ['is for another audience', { aud: 'other' }, /^token-invalid.*audience/],
  ['is for no audience', { aud: undefined }, /^token-invalid.*audience/],
  ['has no subject', { sub: undefined, username: 'robot-1', client_id: 'robot-1' }, /^token-invalid.*sub/],
  ['has expired', { exp: NOW - 1 }, /^token-invalid.*expired/],
  ['is not valid yet', { nbf: NOW + 600 }, /^token-invalid/],
  ['is bound to a key', { cnf: { jkt: 'x' } }, /^token-invalid.*bound/],
  ['is a DPoP token', { token_type: 'DPoP' }, /^token-invalid.*bearer/],
  ['is of another issuer', { iss: 'https://other.example' }, /^token-invalid.*issuer/],
  ['lacks a scope', { scope: 'write' }, /^scope-insufficient/],
];

for (const [what, answer, reason] of REFUSED_ANSWERS) {
  test(`an opaque token that ${what} is refused`, async () => {
    const { shows, give } = await introspecting({ issuer: 'https://corp.example', requiredScopes: ['read'] });
    give('token', { iss: 'https://corp.example', scope: 'read', ...answer });
    assert.match(await shows('token'), reason);
  });
}

test('a client id is a subject only where there is none, and only where the Service says so', async () => {
  const { shows, give } = await introspecting({ takeClientIDWhereThereIsNoSubject: true });
  give('of-a-program', { sub: undefined, client_id: 'robot-2' });
  give('of-a-person', { client_id: 'robot-2' });
  give('of-nobody', { sub: '', client_id: 'robot-2' });
  assert.equal(await shows('of-a-program'), 'robot-2');
  assert.equal(await shows('of-a-person'), 'robot-1');
  assert.match(await shows('of-nobody'), /^token-invalid/);
});

test('an answer does not outlive the token, a refusal is remembered shortly', async () => {
  const { issuer, clock, shows, give } = await introspecting();
  give('short', { exp: clock.now() / 1000 + 5 });
  assert.equal(await shows('short'), 'robot-1');
  clock.advance(10_000);
  assert.match(await shows('short'), /expired/);
  const before = issuer.asked.length;
  for (let i = 0; i < 5; i++) assert.match(await shows('made-up'), /not active/);
  assert.equal(issuer.asked.length, before + 1);
});

test('an endpoint that is down or hangs lets nobody in, and that is not remembered', async () => {
  const { issuer, shows, give } = await introspecting();
  give('good', {});
  issuer.misbehave = (_, response) => void response.writeHead(401).end();
  assert.match(await shows('good'), /^identity-unavailable.*401/);
  issuer.misbehave = (_, response) => void response.end('{"active":true}'.repeat(20_000));
  assert.match(await shows('good'), /^identity-unavailable/);
  issuer.misbehave = null;
  assert.equal(await shows('good'), 'robot-1');
});

test('our own tokens are not shown to whoever introspects', async () => {
  const { issuer, shows } = await introspecting();
  const own = await issuer.token({ iss: 'https://gate.example' });
  assert.equal(await shows(own), 'not-responsible');
  assert.equal(await shows('ost_at_x'), 'not-responsible');
  assert.equal(issuer.asked.length, 0);
});

test('made-up tokens do not hold on to everything: beyond a number nobody is asked', async () => {
  const { issuer, shows } = await introspecting();
  const held: (() => void)[] = [];
  issuer.misbehave = (_, response) => void held.push(() => response.end('{"active":false}'));
  const asked = Array.from({ length: 100 }, (_, i) => shows(`made-up-${i}`));
  const refused = (await Promise.race([Promise.all(asked.slice(64)), asked[0]!.then(() => [])])) as string[];
  assert.ok(refused.length === 36 && refused.every((one) => /^identity-unavailable.*too many/.test(one)));
  const timer = setInterval(() => {
    for (const end of held.splice(0)) end();
  }, 5);
  await Promise.all(asked);
  clearInterval(timer);
});
