import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../../src/model/index.ts';
import { ROBOT } from './fixture.ts';
import { basic, client, type Fields, OAuth2World, said } from './oauth2-world.ts';

const HOUR = 3_600_000;
const CC = { grant_type: 'client_credentials' };

test('a client gets a token with its secret in the form or in Authorization', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  assert.match(shown.client_id, /^[a-z0-9]{4}-[a-z0-9]{4}$/);
  assert.match(shown.client_secret, /^ost_cs_/);
  const inForm = await world.token({ ...CC, ...shown });
  assert.deepEqual(Object.keys(inForm.value), ['access_token', 'token_type', 'expires_in']);
  assert.deepEqual([inForm.value.token_type, inForm.value.expires_in], ['Bearer', 4 * 3600]);
  const inHeader = await world.token(CC, basic(shown.client_id, shown.client_secret));
  assert.equal(inHeader.status, 200);
  assert.notEqual(inHeader.value.access_token, inForm.value.access_token);
  for (const { value } of [inForm, inHeader]) {
    const principal = await world.whoIs(String(value.access_token));
    assert.deepEqual([principal?.user?.metadata.name, principal?.kind], ['robot', 'workload']);
  }
});

test('neither secret nor token is stored', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  const token = await world.accessToken(shown);
  const stored = JSON.stringify([...world.store.recordRows, ...world.store.handleRows, ...world.store.sessionRows]);
  assert.ok(!stored.includes(shown.client_secret.slice(7)) && !stored.includes(token.slice(7)));
});

const REFUSED: readonly (readonly [what: string, form: Fields | string, headers: Fields, expected: string])[] = [
  ['no grant_type', 'client_id=a', {}, '400 invalid_request'],
  ['an empty grant_type', 'grant_type=', {}, '400 invalid_request'],
  ['an unknown grant_type', { grant_type: 'password' }, {}, '400 unsupported_grant_type'],
  ['a grant_type of the prototype', { grant_type: '__proto__' }, {}, '400 unsupported_grant_type'],
  ['no client', CC, {}, '401 invalid_client'],
  ['a client id alone', { ...CC, client_id: 'ID' }, {}, '401 invalid_client'],
  ['a secret alone', { ...CC, client_secret: 'SECRET' }, {}, '400 invalid_request'],
  ['a wrong secret', { ...CC, client_id: 'ID', client_secret: 'x' }, {}, '401 invalid_client'],
  ['an unknown client', { ...CC, client_id: 'ab12-cd34', client_secret: 'SECRET' }, {}, '401 invalid_client'],
  ['a wrong secret in Authorization', CC, basic('ID', 'x'), '401 invalid_client'],
  ['Basic that is not base64', CC, { authorization: 'Basic *' }, '401 invalid_client'],
  ['Basic without a colon', CC, { authorization: `Basic ${btoa('ID')}` }, '401 invalid_client'],
  ['Basic that is badly encoded', CC, { authorization: `Basic ${btoa('ID:%zz')}` }, '401 invalid_client'],
  ['another scheme', CC, { authorization: 'Bearer x' }, '401 invalid_client'],
  [
    'two ways at once',
    { ...CC, client_id: 'ID', client_secret: 'SECRET' },
    basic('ID', 'SECRET'),
    '400 invalid_request',
  ],
  ['another id in the form', { ...CC, client_id: 'other' }, basic('ID', 'SECRET'), '400 invalid_request'],
  ['a repeated parameter', 'grant_type=client_credentials&grant_type=x', {}, '400 invalid_request'],
  ['a repeated scope', 'grant_type=client_credentials&scope=service:a&scope=service:b', {}, '400 invalid_request'],
  ['JSON', '{}', { 'content-type': 'application/json' }, '400 invalid_request'],
  ['a scope that is none', { ...CC, scope: 'openid' }, basic('ID', 'SECRET'), '400 invalid_scope'],
  ['a scope that is wider', { ...CC, scope: 'service:*' }, basic('ID', 'SECRET'), '400 invalid_scope'],
  [
    'many parameters',
    Array.from({ length: 20_000 }, (_, i) => `${i}=`)
      .join('&')
      .slice(0, 99_000),
    {},
    '400 invalid_request',
  ],
  ['a large form', `grant_type=client_credentials&x=${'x'.repeat(100 * 1024)}`, {}, '413 invalid_request'],
];

for (const [what, form, headers, expected] of REFUSED) {
  test(`${what}: ${expected}`, async () => {
    const world = new OAuth2World();
    world.state([client('ci', { scopes: ['service:api'] })]);
    const { client_id, client_secret } = await world.client();
    const filled = (text: string) => text.replace('ID', client_id).replace('SECRET', client_secret);
    const fields = typeof form === 'string' ? form : map(form, filled);
    const answer = await world.token(
      fields,
      map(headers, (text) => reencoded(text, filled)),
    );
    assert.equal(said(answer), expected);
    assert.equal(answer.headers.has('www-authenticate'), answer.status === 401);
    assert.ok(!JSON.stringify(answer.value).includes(client_secret));
  });
}

function map(fields: Fields, change: (text: string) => string): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, change(text)]));
}

function reencoded(header: string, filled: (text: string) => string): string {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(header)?.[1];
  return encoded === undefined ? header : `Basic ${btoa(filled(atob(encoded)))}`;
}

const GONE: readonly (readonly [what: string, spec: Partial<Credential['spec']>])[] = [
  ['is disabled', { isDisabled: true }],
  ['has expired', { expiresAt: new Date(0).toISOString() }],
  ['is of another type', { type: 'ACCESS_TOKEN' }],
  ['belongs to a person', { user: 'alice' }],
  ['belongs to nobody', { user: 'nobody' }],
];

for (const [what, spec] of GONE) {
  test(`a client whose Credential ${what} is refused as if it were unknown`, async () => {
    const world = new OAuth2World();
    const shown = await world.client();
    world.state([client('ci', spec)]);
    const refused = await world.token({ ...CC, ...shown });
    world.state([]);
    const unknown = await world.token({ ...CC, client_id: 'ab12-cd34', client_secret: 'x' });
    assert.deepEqual([refused.status, refused.value], [unknown.status, unknown.value]);
  });
}

test('a Credential that was made anew under the same name does not take over the client', async () => {
  const world = new OAuth2World();
  const withUid = (uid: string) => ({ ...client('ci'), metadata: { name: 'ci', uid } });
  world.state([withUid('one')]);
  const shown = await world.client();
  const token = await world.accessToken(shown);
  world.state([withUid('two')]);
  assert.equal(said(await world.token({ ...CC, ...shown })), '401 invalid_client');
  assert.equal(await world.whoIs(token), null);
});

test('a disabled user gets no token', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  world.state([client('ci')], [{ ...ROBOT, spec: { ...ROBOT.spec, isDisabled: true } }]);
  assert.equal(said(await world.token({ ...CC, ...shown })), '401 invalid_client');
});

test('scope narrows, and what the Credential says today narrows further', async () => {
  const world = new OAuth2World();
  world.state([client('ci', { scopes: ['service:prod/*', 'service:api'] })]);
  const shown = await world.client();
  const all = await world.token({ ...CC, ...shown });
  assert.equal(all.value.scope, 'service:prod/* service:api');
  const one = await world.token({ ...CC, ...shown, scope: 'service:api.prod service:api' });
  assert.equal(one.value.scope, 'service:api.prod service:api');
  const token = String(one.value.access_token);
  const scopes = async () => (await world.whoIs(token))?.session?.status.scopes;
  assert.deepEqual(await scopes(), ['service:api.prod', 'service:api']);
  world.state([client('ci', { scopes: ['service:api.prod', 'service:wiki'] })]);
  assert.deepEqual(await scopes(), ['service:api.prod']);
  world.state([client('ci')]);
  assert.deepEqual(await scopes(), ['service:api.prod', 'service:api'], 'a wider Credential widens no token');
  world.state([client('ci', { scopes: ['service:wiki'] })]);
  assert.equal(await world.whoIs(token), null, 'nothing in common is not everything');
});

test('every exchange is a session of its own, and the oldest go when there are too many', async () => {
  const world = new OAuth2World();
  world.state([client('ci')], [{ ...ROBOT, spec: { ...ROBOT.spec, session: { maxPerUser: 2 } } }]);
  const shown = await world.client();
  const tokens = [];
  for (let i = 0; i < 3; i++) tokens.push(await world.accessToken(shown));
  const known = await Promise.all(tokens.map((token) => world.whoIs(token)));
  assert.deepEqual(
    known.map((principal) => principal !== null),
    [false, true, true],
  );
});

test('exchanges end no access token that was made to stay', async () => {
  const world = new OAuth2World();
  const robot = { ...ROBOT, spec: { ...ROBOT.spec, session: { maxPerUser: 1 } } };
  const key: Credential = { ...client('key'), spec: { type: 'ACCESS_TOKEN', user: 'robot' } };
  world.state([client('ci'), key], [robot]);
  const { accessToken } = await world.accessTokens.mint({ credential: key, user: robot, clusterConfig: null });
  const shown = await world.client();
  for (let i = 0; i < 3; i++) await world.accessToken(shown);
  assert.equal((await world.whoIs(accessToken))?.kind, 'workload');
});

test('a token lives as long as it is said to, and no longer than its Credential', async () => {
  const world = new OAuth2World();
  const robot = { ...ROBOT, spec: { ...ROBOT.spec, session: { accessTokenDuration: '10m' } } };
  world.state([client('ci')], [robot]);
  const shown = await world.client();
  const { value } = await world.token({ ...CC, ...shown });
  assert.equal(value.expires_in, 600);
  world.clock.advance(600_000);
  assert.equal(await world.whoIs(String(value.access_token)), null);
  const expiresAt = new Date(world.clock.now() + 90_000).toISOString();
  world.state([client('ci', { expiresAt })], [robot]);
  assert.equal((await world.token({ ...CC, ...shown })).value.expires_in, 90);
});

test('rotation with overlap: both secrets, then the new one alone', async () => {
  const world = new OAuth2World();
  const first = await world.client();
  const made = world.config.directory.credential('ci')!;
  const next = await world.clients.rotate({ credential: made, user: ROBOT }, HOUR);
  assert.equal(next.clientId, first.client_id);
  const second = { client_id: next.clientId, client_secret: next.clientSecret.reveal() };
  const status = async (shown: Fields) => (await world.token({ ...CC, ...shown })).status;
  assert.deepEqual([await status(first), await status(second)], [200, 200]);
  world.clock.advance(HOUR);
  assert.deepEqual([await status(first), await status(second)], [401, 200]);
  await world.clients.rotate({ credential: made, user: ROBOT });
  assert.equal(await status(second), 401);
});

test('whoever guesses is slowed down, and locks nobody out from elsewhere', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  const guess = () => world.token({ ...CC, ...shown, client_secret: 'guess' });
  for (let i = 0; i < 10; i++) assert.equal(said(await guess()), '401 invalid_client');
  assert.equal(said(await guess()), '429 slow_down');
  assert.equal(said(await world.token({ ...CC, ...shown })), '429 slow_down');
  world.clientAddress = '192.0.2.2';
  assert.equal((await world.token({ ...CC, ...shown })).status, 200);
  world.clientAddress = '192.0.2.1';
  world.clock.advance(60_000);
  assert.equal((await world.token({ ...CC, ...shown })).status, 200);
});

test('an address that tries one client after another is slowed down too', async () => {
  const world = new OAuth2World();
  const answers = [];
  for (let i = 0; i < 61; i++) {
    answers.push(said(await world.token({ ...CC, client_id: `aaaa-${1000 + i}`, client_secret: 'x' })));
  }
  assert.deepEqual([answers[59], answers[60]], ['401 invalid_client', '429 slow_down']);
});

test('what strangers are remembered by is short, whatever they send', async () => {
  const world = new OAuth2World();
  const long = 'x'.repeat(50_000);
  const answers = [];
  for (let i = 0; i < 11; i++) answers.push(await world.token({ ...CC, client_id: `${long}${i}`, client_secret: 'x' }));
  assert.equal(said(answers[10]!), '429 slow_down', 'told apart by how they begin');
  assert.equal(answers[10]!.headers.get('retry-after'), '60');
});

test('a client that states no scopes cannot ask for those of the directory (privilege escalation)', async () => {
  const world = new OAuth2World();
  const shown = await world.client();
  assert.equal(said(await world.token({ ...CC, ...shown, scope: 'scim:*' })), '400 invalid_scope');
  assert.equal(said(await world.token({ ...CC, ...shown, scope: 'service:api scim:*' })), '400 invalid_scope');
  assert.equal((await world.token({ ...CC, ...shown, scope: 'service:api' })).status, 200);
});
