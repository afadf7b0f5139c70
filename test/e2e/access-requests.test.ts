import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccessWorld, accessResources } from '../support/access-world.ts';
import { CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service } from '../support/resources.ts';
import { EchoSockets, SocketClient } from '../support/web-socket.ts';

const upstream = await RecordingUpstream.start('upstream');
const sockets = await EchoSockets.start();
const accessRequests = { approvers: { users: ['bob'] } };
const chat = service('chat', {
  mode: 'WEB',
  authorization: { policies: ['team'], accessRequests },
  config: { upstream: { url: sockets.url } },
});
const world = await AccessWorld.start(accessResources(upstream.url, chat), ['--workers', '2']);

/** Requests come to either worker. */
async function everywhere(browser: CookieBrowser, status: number): Promise<void> {
  let inARow = 0;
  for (let i = 0; i < 200 && inARow < 12; i++) {
    inARow = (await world.status(browser)) === status ? inARow + 1 : 0;
    if (inARow === 0) await sleep(20);
  }
  assert.equal(inARow, 12, `the wiki does not answer ${status}`);
}

test('a denied person asks, an approver grants less, it works in every worker, and is revoked', async () => {
  const alice = await world.visitor('alice');
  const denied = await alice.step(world.url('wiki', '/page'), { 'sec-fetch-mode': 'navigate' });
  assert.equal(denied.status, 403);
  const [, link] = /href="([^"]*\/\.ostiary\/access\?service=wiki)"/.exec(denied.body) ?? [];
  assert.ok(link, denied.body);
  assert.match(denied.body, /Whom to ask<\/dt><dd>bob/);
  const form = await alice.get(link);
  assert.match(form.body, /Ask for access to wiki/);
  const sent = await alice.post(new URL('/.ostiary/access', form.url), {
    service: 'wiki',
    reason: 'the disk is full',
    duration: '2h',
  });
  assert.match(sent.body, /You have asked for access to wiki/);
  assert.equal(await world.status(alice), 403, 'asking is not having');

  const bob = await world.visitor('bob');
  const review = await bob.get(world.url(DOMAIN, '/.ostiary/access-requests'));
  assert.match(review.body, /the disk is full/);
  const { id } = await world.newest();
  const decided = await bob.post(world.decisionUrl(id, 'approve'), { duration: '30m' });
  assert.match(decided.body, /<h2>Granted/);
  await everywhere(alice, 200);
  assert.equal(await world.status(alice, '/closed'), 403, 'a DENY rule still holds');

  const request = `GET ${world.url('wiki', '/')}`;
  const explained = await world.gateway.command(['policy', 'explain', '--user', 'alice', '--request', request]);
  assert.match(explained, /access-grant/);
  await world.gateway.logged(({ decision }) => decision?.policy === 'access-grant');
  const { body: metrics } = await world.gateway.admin('/metrics');
  assert.match(metrics, /^ostiary_access_requests_total\{state="granted"\} 1$/m);
  assert.match(world.gateway.stderr, new RegExp(`access request .*"id":"${id}","state":"granted","user":"alice"`));

  await bob.post(world.decisionUrl(id, 'revoke'));
  await everywhere(alice, 403);
  const after = await alice.get(world.url(DOMAIN, '/.ostiary/access?service=wiki'));
  assert.match(after.body, /Revoked before its time was over/);
});

test('the command line lists, approves, refuses and revokes; what is open by a grant ends with it', async () => {
  const alice = await world.signedIn(world.url('chat'), 'alice');
  await alice.submit(world.url(DOMAIN, '/.ostiary/access'), { service: 'chat', reason: 'talk', duration: '1h' });
  const { id } = await world.newest();
  assert.match(await world.gateway.command(['access', 'list']), new RegExp(`${id}  open  alice  chat  -  talk`));
  assert.match(
    await world.gateway.command(['access', 'approve', id, '--for', '10m']),
    /^alice on chat: granted until /,
  );
  const host = `chat.${DOMAIN}`;
  const cookie = `ostiary-session=${alice.cookie(host, 'ostiary-session')}`;
  const headers = { cookie, origin: world.url('chat', '/').slice(0, -1) };
  let client: SocketClient | null = null;
  for (let i = 0; i < 200 && client === null; i++) {
    client = await SocketClient.open(world.gateway.port, { host, headers }).catch(() => null);
    if (client === null) await sleep(20);
  }
  assert.ok(client !== null, 'the grant never held');
  client.send('hello');
  assert.equal(await client.next(), 'hello');
  assert.match(await world.gateway.command(['access', 'revoke', id]), /revoked/);
  assert.equal((await client.ended()).code, 1008);
  assert.doesNotMatch(await world.gateway.command(['access', 'list']), new RegExp(id));
  assert.match(await world.gateway.command(['access', 'list', '--all']), new RegExp(`${id}  revoked`));
  const refusal = await world.gateway.run(['access', 'approve', id]);
  assert.match(refusal.err, /it is revoked/);
});

test('a Service that takes no requests, and a rule that would win anyway, offer none', async () => {
  const alice = await world.signedIn(world.url('plain'), 'alice');
  const denied = await alice.step(world.url('plain'), { 'sec-fetch-mode': 'navigate' });
  assert.equal(denied.status, 403);
  assert.doesNotMatch(denied.body, /Request access/);
  const closed = await (await world.visitor('alice')).step(world.url('wiki', '/closed'), {
    'sec-fetch-mode': 'navigate',
  });
  assert.equal(closed.status, 403);
  assert.doesNotMatch(closed.body, /Request access/);
});

test('whoever has to sign in for a page about access comes back to it', async () => {
  for (const path of ['/.ostiary/access?service=wiki', '/.ostiary/access-requests']) {
    const arrived = await world.signIn(new CookieBrowser(), world.url(DOMAIN, path));
    assert.equal(arrived.url.href, world.url(DOMAIN, path));
    assert.equal(arrived.status, 200);
  }
});
