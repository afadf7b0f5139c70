import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';
import { until } from '../support/until.ts';

let open: ServerResponse | null = null;
const upstream = await RecordingUpstream.start('app', {
  answer: ({ url }, response) => {
    if (url !== '/events') return void response.end('the app');
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\n\n');
    open = response;
  },
});
const CLUSTER = { ...ALLOW_ALL, spec: { ...ALLOW_ALL.spec, session: { human: { defaultState: 'PENDING' } } } };
const world = await SignInWorld.start(yaml(CLUSTER, service('app', { config: { upstream: { url: upstream.url } } })), [
  '--workers',
  '2',
]);
const { gateway } = world;
const APP = world.url('app', '/x?y=z');
const headingOf = ({ body }: BrowserAnswer) => /<h1>([^<]*)<\/h1>/.exec(body)?.[1];
const WAITS = 'Your sign-in waits for approval';

/** Until no process decides otherwise any more. */
async function everywhere(browser: CookieBrowser, heading: string | undefined): Promise<void> {
  for (let alike = 0; alike < 8; ) alike = headingOf(await browser.get(APP)) === heading ? alike + 1 : 0;
}

test('a sign-in that has to be approved waits on a page, and goes on once it is', async () => {
  const browser = await world.signedIn(APP);
  const waiting = await browser.get(APP);
  assert.deepEqual([waiting.status, headingOf(waiting)], [403, WAITS]);
  assert.equal(waiting.headers['x-ostiary-reason'], 'session-not-active');
  const [session] = await gateway.api.sessions('alice');
  const { name } = session!.metadata;
  for (const part of [name, 'alice', `href="${APP.replace('&', '&amp;')}">Look again`]) {
    assert.ok(waiting.body.includes(part), part);
  }
  for (const path of ['/', '/.ostiary/account', '/device', '/.ostiary/access-requests']) {
    const answer = await browser.get(world.url(DOMAIN, path));
    assert.deepEqual([answer.status, headingOf(answer), answer.url.pathname], [403, WAITS, path]);
  }
  assert.match(await gateway.command(['sessions', 'list']), new RegExp(`^${name}  alice  PENDING  2`, 'm'));
  assert.equal(await gateway.command(['sessions', 'approve', name]), `Session/${name} approved\n`);
  await everywhere(browser, undefined);
  assert.equal((await browser.get(APP)).body, 'the app');
  assert.equal((await browser.get(world.url(DOMAIN, '/'))).status, 200);
});

test('a session that is rejected is shut out everywhere, what is open ends, and it may be let in again', async () => {
  const browser = await world.signedIn(APP, 'bob');
  const [session] = await gateway.api.sessions('bob');
  const { name } = session!.metadata;
  await gateway.command(['sessions', 'approve', name]);
  await everywhere(browser, undefined);
  const events = browser.step(world.url('app', '/events')).catch((thrown: unknown) => thrown);
  const upstreamEnds = until('the stream', () => open).then(
    (response) => new Promise((resolve) => response.on('close', resolve)),
  );
  await until('the stream', () => open);
  await gateway.command(['sessions', 'reject', name]);
  await upstreamEnds;
  await events;
  await everywhere(browser, 'Your sign-in was rejected');
  await gateway.command(['sessions', 'approve', session!.metadata.uid]);
  await everywhere(browser, undefined);
});

test('who is signed out while they wait is asked to sign in again, and an unknown session is told', async () => {
  const browser = await world.signedIn(APP);
  const [session] = await gateway.api.sessions('alice');
  await browser.post(world.url(DOMAIN, '/.ostiary/sign-out'));
  assert.equal((await browser.step(APP)).status, 303);
  for (const verb of ['approve', 'reject']) {
    const { code, err } = await gateway.run(['sessions', verb, session!.metadata.name]);
    assert.deepEqual([code, err.includes('there is no session')], [1, true], err);
  }
});
