/** A directory that is compromised, or whoever has its token, against what is not the directory's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, group, service, workload, yaml } from '../support/resources.ts';
import { ScimClient } from '../support/scim-client.ts';

const upstream = await RecordingUpstream.start('upstream');
const root = { type: 'HUMAN', email: 'root@example.com', groups: ['admins'] };
const gateway = await GatewayProcess.start({
  files: {
    'resources.yaml': yaml(
      ALLOW_ALL,
      workload('directory'),
      workload('robot'),
      { kind: 'User', metadata: { name: 'root' }, spec: root },
      group('admins'),
      service('app', { config: { upstream: { url: upstream.url } } }),
    ),
  },
});
const token = await gateway.token('directory', { scopes: ['scim:*'] });
const scim = new ScimClient(gateway, token);

/** The User resource of a user name. */
async function resourceOf(userName: string) {
  const users = JSON.parse(await gateway.command(['get', 'users', '-o', 'json']));
  return users.find((user: { metadata: { systemLabels?: { outer?: { name: string } } } }) => {
    return user.metadata.systemLabels?.outer?.name === userName;
  });
}

const STRANGERS: readonly (readonly [what: string, token: string | null, status: number])[] = [
  ['nothing', null, 401],
  ['an invented token', `ost_at_${'x'.repeat(49)}`, 401],
  ['a token without scopes', await gateway.token('robot', { name: 'plain' }), 403],
  ['a token for a Service', await gateway.token('robot', { name: 'for-app', scopes: ['service:app'] }), 403],
  ['a token for every Service', await gateway.token('robot', { name: 'for-all', scopes: ['service:*'] }), 403],
  ['a token for the API', await gateway.token('robot', { name: 'for-api', scopes: ['api:*'] }), 403],
];

for (const [what, shown, status] of STRANGERS) {
  test(`with ${what} nothing can be read or changed, and nothing is told`, async () => {
    const client = new ScimClient(gateway, shown);
    for (const path of ['Users', 'Groups', 'Users/root', 'Users/no-such', 'ServiceProviderConfig', 'Nothing']) {
      assert.equal((await client.get(path)).status, status, path);
    }
    assert.equal((await client.post('Users', { userName: 'mallory' })).status, status);
    assert.equal((await client.delete('Users/root')).status, status);
  });
}

test('a token for SCIM opens no Service', async () => {
  const answer = await gateway.ask('app', '/', { headers: bearer(token) });
  assert.deepEqual([answer.status, answer.reason], [403, 'scope-insufficient']);
});

test('a token that was revoked is good for nothing', async () => {
  const own = await gateway.token('directory', { name: 'revoked', scopes: ['scim:*'] });
  const client = new ScimClient(gateway, own);
  assert.equal((await client.get('Users')).status, 200);
  await gateway.command(['delete', 'credential', 'revoked']);
  assert.equal((await client.get('Users')).status, 401);
});

test('a token of a directory that is disabled is good for nothing', async () => {
  await gateway.command(['apply', '-'], yaml(workload('former')));
  const client = new ScimClient(gateway, await gateway.token('former', { scopes: ['scim:*'] }));
  assert.equal((await client.get('Users')).status, 200);
  await gateway.command(['apply', '-'], yaml(workload('former', { isDisabled: true })));
  assert.equal((await client.get('Users')).status, 403);
  assert.equal((await client.post('Users', { userName: 'mallory' })).status, 403);
});

test('what files say is read-only', async () => {
  const attempts = [
    scim.put('Users/root', { userName: 'root' }),
    scim.patch('Users/root', [{ op: 'replace', path: 'emails', value: [{ value: 'mallory@example.com' }] }]),
    scim.patch('Users/root', [{ op: 'replace', path: 'active', value: false }]),
    scim.delete('Users/root'),
    scim.patch('Groups/admins', [{ op: 'add', path: 'members', value: [{ value: 'root' }] }]),
    scim.delete('Groups/admins'),
    scim.post('Groups', { displayName: 'mine', members: [{ value: 'root' }] }),
  ];
  for (const { status, body } of await Promise.all(attempts)) {
    assert.deepEqual([status, body.scimType, body.status], [403, 'mutability', '403']);
  }
  assert.equal((await scim.get('Users/directory')).status, 404, 'workloads are not people');
});

test('nobody becomes somebody else: names and addresses are taken', async () => {
  const { id } = (await scim.post('Users', { userName: 'mallory' })).body;
  await scim.post('Users', { userName: 'victim@example.com', emails: [{ value: 'victim@example.com' }] });
  const attempts = [
    scim.post('Users', { userName: 'root' }),
    scim.post('Users', { userName: 'ROOT' }),
    scim.post('Users', { userName: 'directory' }),
    scim.post('Users', { userName: 'VICTIM@example.com' }),
    scim.post('Users', { userName: 'other', emails: [{ value: 'Root@Example.com' }] }),
    scim.patch(`Users/${id}`, [{ op: 'replace', path: 'userName', value: 'root' }]),
    scim.patch(`Users/${id}`, [{ op: 'replace', value: { userName: 'Victim@Example.Com' } }]),
    scim.put(`Users/${id}`, { userName: 'mallory', emails: [{ value: 'victim@example.com' }] }),
    scim.post('Groups', { displayName: 'admins' }),
    scim.post('Groups', { displayName: 'ADMINS' }),
  ];
  for (const { status, body, text } of await Promise.all(attempts)) {
    assert.deepEqual([status, body.scimType], [409, 'uniqueness'], text);
  }
});

test('a user name that only looks like a name gives another one', async () => {
  for (const userName of [
    'ci@evil.example',
    'c\u0131',
    '\u212aim',
    '../../etc/passwd',
    'constructor',
    '__proto__',
    '\ud835\udc1aa',
  ]) {
    const made = await scim.post('Users', { userName });
    assert.equal(made.status, 201, made.text);
    const { name } = (await resourceOf(userName)).metadata;
    assert.match(name, /^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/);
    if (userName !== 'constructor') assert.match(name, /-[0-9a-f]{6}$/, userName);
  }
  const fellow = await scim.post('Groups', { displayName: 'Admins!' });
  assert.equal(fellow.status, 201);
  assert.notEqual(fellow.body.id, 'admins');
});

test('the auth token of somebody who was deleted is not that of the next one of the name', async () => {
  const made = await scim.post('Users', { userName: 'carol' });
  const args = ['create', 'credential', 'enrol', '--user', 'carol', '--one-time', '-o', 'json'];
  const shown = JSON.parse(await gateway.command(args)).token;
  assert.equal((await scim.delete(`Users/${made.body.id}`)).status, 204);
  assert.equal((await scim.post('Users', { userName: 'carol' })).status, 201);
  const grant = { grant_type: 'urn:ostiary:params:oauth:grant-type:auth-token', auth_token: shown };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(grant).toString();
  const answer = await gateway.ask(DOMAIN, '/oauth2/token', { method: 'POST', headers, body });
  assert.deepEqual([answer.status, JSON.parse(answer.body).error], [400, 'invalid_grant']);
});

test('a user has what the schema of SCIM names and nothing of ours', async () => {
  const ours = {
    type: 'WORKLOAD',
    kind: 'Policy',
    metadata: { name: 'root', uid: 'x', systemLabels: {} },
    spec: { authorization: { policies: ['allow-all'] } },
    authorization: { policies: ['allow-all'] },
    groups: ['admins'],
    session: { humans: {} },
    attrs: { isAdmin: true },
    identities: [{ identityProvider: 'demo', identifier: 'alice' }],
    id: 'root',
    meta: { location: 'x' },
  };
  const body = `{"__proto__":{"active":false,"isAdmin":true},"constructor":{"prototype":{"x":1}},${JSON.stringify(ours).slice(1, -1)},"userName":"assigned"}`;
  const made = await scim.send('POST', 'Users', body);
  assert.equal(made.status, 201, made.text);
  const { metadata, spec } = await resourceOf('assigned');
  assert.deepEqual([metadata.name, spec], ['assigned', { type: 'HUMAN' }]);
  for (const path of ['groups', 'id', 'meta', 'schemas', 'Groups[value eq "x"]']) {
    const answer = await scim.patch(`Users/${made.body.id}`, [{ op: 'add', path, value: ['admins'] }]);
    assert.deepEqual([answer.status, answer.body.scimType], [403, 'mutability'], path);
  }
  for (const path of ['__proto__', '__proto__.isAdmin', 'constructor.prototype', 'spec.authorization', 'attrs']) {
    const answer = await scim.patch(`Users/${made.body.id}`, [{ op: 'add', path, value: { isAdmin: true } }]);
    assert.ok([200, 400].includes(answer.status), path);
  }
  assert.deepEqual((await resourceOf('assigned')).spec, { type: 'HUMAN' });
  assert.equal((await scim.post('Users', { userName: 'unharmed' })).body.active, true);
});

const BAD_FILTERS = [
  'userName eq "x" or userName eq "root"',
  'userName eq "x" and',
  'userName sw "r"',
  'not (userName eq "x")',
  'userName eq "x" userName eq "root"',
  'userName eq "\\u00zz"',
  'userName eq "x\\" or active eq true',
  '__proto__ eq "x"',
  'constructor.name eq "Object"',
  'spec.email eq "root@example.com"',
  'password eq "x"',
  '',
  'a'.repeat(2000),
  Array.from({ length: 60 }, () => 'active eq true').join(' and '),
  `userName eq "${'\\'.repeat(900)}`,
];

test('a filter asks for what it says and nothing more', async () => {
  for (const filter of BAD_FILTERS) {
    const answer = await scim.find('Users', filter);
    assert.deepEqual([answer.status, answer.body.scimType], [400, 'invalidFilter'], filter.slice(0, 80));
  }
  const nobody = await scim.find('Users', 'userName eq "x\\" or userName pr or \\"\\"=\\""');
  assert.deepEqual([nobody.status, nobody.body.totalResults], [200, 0]);
  assert.equal((await scim.get('Users?filter=active%20eq%20true&filter=active%20eq%20false')).status, 400);
});

function wide(member: string): string {
  return `{${Array.from({ length: 5000 }, (_, i) => `"a${i}":1,`).join('')}${member}}`;
}

const BAD_BODIES: readonly (readonly [what: string, body: string, status: number])[] = [
  ['no JSON', '{', 400],
  ['a list', '[]', 400],
  ['null', 'null', 400],
  ['no user name', '{}', 400],
  ['an empty one', '{"userName":""}', 400],
  ['a number', '{"userName":1}', 400],
  ['a line break', '{"userName":"a\\nb"}', 400],
  ['a right-to-left override', '{"userName":"a\\u202eb"}', 400],
  ['a lone surrogate', '{"userName":"a\\ud800"}', 400],
  ['a long one', JSON.stringify({ userName: 'x'.repeat(300) }), 400],
  ['two at signs', '{"userName":"x","emails":[{"value":"root@example.com@evil.example"}]}', 400],
  ['thousands of attributes', wide('"userName":"x"'), 400],
  ['thousands of attributes inside', `{"userName":"x","name":${wide('"givenName":"x"')}}`, 400],
  ['an address that is none', '{"userName":"x","emails":[{"value":{"x":1}}]}', 400],
  ['2 MB', JSON.stringify({ userName: 'x', junk: 'x'.repeat(2_000_000) }), 413],
];

for (const [what, body, status] of BAD_BODIES) {
  test(`a body is refused in SCIM's words: ${what}`, async () => {
    const answer = await scim.send('POST', 'Users', body);
    assert.deepEqual([answer.status, answer.body.status], [status, String(status)], answer.text);
    assert.equal(answer.headers['content-type'], 'application/scim+json');
  });
}

test('a change that is refused changes nothing of it', async () => {
  const { id } = (await scim.post('Users', { userName: 'whole' })).body;
  const operations = [
    { op: 'replace', path: 'displayName', value: 'Half' },
    { op: 'replace', path: 'active', value: 'perhaps' },
  ];
  assert.equal((await scim.patch(`Users/${id}`, operations)).status, 400);
  assert.equal((await scim.get(`Users/${id}`)).body.displayName, undefined);
});

test('a page of another site cannot use the session of a browser', async () => {
  const answer = await gateway.ask('gate.localhost', '/scim/v2/Users', { headers: { cookie: 'ostiary-session=x' } });
  assert.equal(answer.status, 401);
});

test('an address that only Unicode makes the same as that of somebody else stays another one', async () => {
  const userName = 'one-of-kelvin';
  const made = await scim.post('Users', { userName, emails: [{ value: 'mi\u212aE@Example.com' }] });
  assert.equal(made.status, 201, made.text);
  assert.equal((await resourceOf(userName)).spec.email, 'mi\u212ae@example.com');
});
