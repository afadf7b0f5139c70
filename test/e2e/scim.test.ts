import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN } from '../support/gateway-process.ts';
import { ALLOW_ALL, group, service, workload, yaml } from '../support/resources.ts';
import { ScimClient } from '../support/scim-client.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { until } from '../support/until.ts';

const server = createServer((incoming, response) => {
  if (incoming.url !== '/events') return void response.end(JSON.stringify(incoming.headers));
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});

const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const DENIED = {
  authorization: { inlinePolicies: [{ spec: { rules: [{ effect: 'DENY', condition: { matchAny: true } }] } }] },
};
const resources = yaml(
  ALLOW_ALL,
  workload('directory'),
  group('admins'),
  { kind: 'Group', metadata: { name: 'on-call', displayName: 'On Call' }, spec: { ...DENIED, membersByScim: true } },
  service('app', { config: { upstream: { url } } }),
  service('staff', {
    config: { upstream: { url } },
    authorization: {
      inlinePolicies: [
        { spec: { rules: [{ effect: 'DENY', condition: { match: '!("staff" in ctx.user.spec.groups)' } }] } },
      ],
    },
  }),
);
const world = await SignInWorld.start(resources, ['--workers', '2']);
const { gateway } = world;
const scim = new ScimClient(gateway, await gateway.token('directory', { scopes: ['scim:*'] }));

/** Somebody whom the provider knows and no file. */
const NOBODY = { userName: 'nobody', emails: [{ value: 'Nobody@Example.com', primary: true }] };

test('a user is made, found, changed and deleted', async () => {
  const made = await scim.post('Users', {
    userName: 'Carol.Smith@Example.com',
    externalId: '00u1',
    name: { givenName: 'Carol', familyName: 'Smith' },
    emails: [{ value: 'Carol.Smith@Example.com', primary: true }],
  });
  const { id } = made.body;
  assert.deepEqual([made.status, made.body.userName], [201, 'Carol.Smith@Example.com'], made.text);
  assert.equal(made.headers.location, made.body.meta?.location);
  assert.equal(made.headers['content-type'], 'application/scim+json');
  for (const filter of ['userName eq "carol.smith@example.COM"', 'externalId eq "00u1" and active eq true']) {
    const found = await scim.find('Users', filter);
    assert.deepEqual([found.body.totalResults, found.body.Resources?.[0]?.id], [1, id], found.text);
  }
  const changed = await scim.patch(`Users/${id}`, [
    { op: 'Replace', path: 'name.familyName', value: 'Jones' },
    { op: 'replace', value: { displayName: 'Carol J', active: 'False' } },
  ]);
  const { name, displayName, active } = changed.body;
  assert.deepEqual([changed.status, name?.familyName, displayName, active], [200, 'Jones', 'Carol J', false]);
  const renamed = await scim.put(`Users/${id}`, { userName: 'carol' });
  assert.deepEqual([renamed.body.id, renamed.body.userName, renamed.body.externalId], [id, 'carol', undefined]);
  assert.equal((await scim.delete(`Users/${id}`)).status, 204);
  assert.equal((await scim.get(`Users/${id}`)).status, 404);
});

test('pages of a list fit together', async () => {
  for (const n of [1, 2, 3]) await scim.post('Users', { userName: `row-${n}` });
  const all = await scim.get('Users');
  const total = all.body.totalResults ?? 0;
  const ids: string[] = [];
  for (let startIndex = 1; startIndex <= total; startIndex += 2) {
    const page = await scim.get(`Users?startIndex=${startIndex}&count=2`);
    ids.push(...(page.body.Resources ?? []).map(({ id }) => id));
  }
  assert.deepEqual(
    ids,
    all.body.Resources?.map(({ id }) => id),
  );
  assert.equal((await scim.get('Users?count=0')).body.Resources?.length, 0);
});

test('members of a pushed group are let in by it, and nobody any more once it is gone', async () => {
  const person = await scim.post('Users', NOBODY);
  const made = await scim.post('Groups', { displayName: 'Staff', members: [{ value: person.body.id }] });
  assert.deepEqual([made.status, made.body.members?.[0]?.value], [201, person.body.id], made.text);
  const browser = await world.signedIn(world.url('staff'), 'nobody');
  assert.equal((await browser.get(world.url('staff'))).status, 200);
  await scim.patch(`Groups/${made.body.id}`, [{ op: 'remove', path: `members[value eq "${person.body.id}"]` }]);
  assert.equal((await browser.get(world.url('staff'))).status, 403);
  await scim.patch(`Groups/${made.body.id}`, [{ op: 'add', path: 'members', value: [{ value: person.body.id }] }]);
  assert.equal((await browser.get(world.url('staff'))).status, 200);
  assert.equal((await scim.get(`Users/${person.body.id}`)).body.groups?.[0]?.value, made.body.id);
  assert.equal((await scim.delete(`Groups/${made.body.id}`)).status, 204);
  assert.equal((await browser.get(world.url('staff'))).status, 403);
  assert.equal((await scim.get(`Users/${person.body.id}`)).body.groups, undefined);
  await scim.delete(`Users/${person.body.id}`);
});

test('the policies of a Group that stands in a file hold for the people whom the directory puts there', async () => {
  const person = await scim.post('Users', NOBODY);
  const browser = await world.signedIn(world.url('app'), 'nobody');
  const [found] = (await scim.find('Groups', 'displayName eq "On Call"')).body.Resources ?? [];
  const members = (op: string) =>
    scim.patch(`Groups/${found?.id}`, [{ op, path: 'members', value: [{ value: person.body.id }] }]);
  assert.equal((await browser.get(world.url('app'))).status, 200);
  assert.equal((await members('add')).body.members?.length, 1);
  for (let n = 0; n < 4; n++) assert.equal((await browser.get(world.url('app'))).status, 403);
  assert.equal((await scim.delete(`Groups/${found?.id}`)).status, 204);
  assert.equal((await browser.get(world.url('app'))).status, 200);
  assert.equal((await scim.get(`Groups/${found?.id}`)).status, 200);
  await members('add');
  // The file takes it back: nobody is in it by the directory's word any more, and nobody is let in by that.
  await gateway.write('resources.yaml', resources.replace('membersByScim: true', 'membersByScim: false'));
  assert.equal((await members('remove')).status, 403);
  assert.equal((await browser.get(world.url('app'))).status, 403);
  await gateway.write('resources.yaml', resources);
  await scim.delete(`Users/${person.body.id}`);
});

async function listen(cookie: string): Promise<{ ended: () => boolean }> {
  const headers = { host: `app.${DOMAIN}:${gateway.port}`, cookie };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, path: '/events', headers, agent: false });
  outgoing.on('error', () => {}).end();
  after(() => outgoing.destroy());
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  let isOver = false;
  answer.on('close', () => {
    isOver = true;
  });
  answer.on('error', () => {});
  answer.resume();
  return { ended: () => isOver };
}

for (const [what, end] of [
  ['disabled', (id: string) => scim.patch(`Users/${id}`, [{ op: 'replace', path: 'active', value: false }])],
  ['deleted', (id: string) => scim.delete(`Users/${id}`)],
] as const) {
  test(`whoever is ${what} is out at once, on every worker and with open streams`, async () => {
    const { id } = (await scim.post('Users', NOBODY)).body;
    const browser = await world.signedIn(world.url('app'), 'nobody');
    const cookie = `ostiary-session=${browser.cookie(`app.${DOMAIN}`, 'ostiary-session')}`;
    // New connections are spread over the workers.
    const streams = await Promise.all(Array.from({ length: 12 }, () => listen(cookie)));
    assert.ok((await end(id)).status < 300);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => gateway.ask('app', '/', { headers: { cookie } })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([401]));
    await until('the end of all streams', () => streams.every(({ ended }) => ended()));
    assert.doesNotMatch(await gateway.command(['sessions', 'list']), /nobody/);
    await scim.delete(`Users/${id}`);
  });
}

test('a user who is enabled again has to sign in again', async () => {
  const { id } = (await scim.post('Users', NOBODY)).body;
  const browser = await world.signedIn(world.url('app'), 'nobody');
  const cookie = `ostiary-session=${browser.cookie(`app.${DOMAIN}`, 'ostiary-session')}`;
  for (const value of [false, true]) await scim.patch(`Users/${id}`, [{ op: 'replace', path: 'active', value }]);
  assert.equal((await gateway.ask('app', '/', { headers: { cookie } })).reason, 'session-unknown');
  assert.equal((await browser.get(world.url('app'))).status, 200);
  await scim.delete(`Users/${id}`);
});

test('many at once are all made, each once', async () => {
  const names = Array.from({ length: 60 }, (_, i) => `crowd-${i % 30}`);
  const answers = await Promise.all(names.map((userName) => scim.post('Users', { userName })));
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(
    [201, 409].map((status) => statuses.filter((one) => one === status).length),
    [30, 30],
  );
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => ({ value: body.id }));
  const { id } = (await scim.post('Groups', { displayName: 'Crowd' })).body;
  await Promise.all(made.map((value) => scim.patch(`Groups/${id}`, [{ op: 'add', path: 'members', value }])));
  assert.equal((await scim.get(`Groups/${id}`)).body.members?.length, 30);
});

test('apply --prune leaves them alone', async () => {
  await scim.post('Users', { userName: 'stays' });
  await gateway.command(['apply', '--prune', '-'], yaml(workload('other')));
  assert.equal((await scim.find('Users', 'userName eq "stays"')).body.totalResults, 1);
});
