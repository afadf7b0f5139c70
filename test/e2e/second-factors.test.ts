import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import type { BrowserAnswer } from '../support/cookie-browser.ts';
import { codesOn, FactorWorld } from '../support/factor-world.ts';
import { DOMAIN } from '../support/gateway-process.ts';
import { service } from '../support/resources.ts';
import { until } from '../support/until.ts';

/** An event stream that stays open; the tests write events into it. */
const streams: ServerResponse[] = [];
const news = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
  streams.push(response);
});
await new Promise<void>((resolve) => news.listen(0, '127.0.0.1', resolve));
after(() => {
  news.closeAllConnections();
  news.close();
});
const newsUrl = `http://127.0.0.1:${(news.address() as AddressInfo).port}`;
const here = await FactorWorld.start(
  service('news', { mode: 'WEB', authorization: { policies: ['allow-all'] }, config: { upstream: { url: newsUrl } } }),
);
const { gateway } = here.world;

const COOKIE = 'ostiary-session';
const SHOP = `shop.${DOMAIN}`;
const ADMIN = here.url('shop', '/admin?x=1');

const reasonOf = ({ headers }: BrowserAnswer) => headers['x-ostiary-reason'];
const headingOf = ({ body }: BrowserAnswer) => /<h1>([^<]*)<\/h1>/.exec(body)?.[1];

beforeEach(() => here.forget('alice'));

test('a policy asks for a second factor, an app shows one, and the deep link is there', async () => {
  const { app } = await here.addApp(await here.signedIn());
  const browser = await here.signedIn();
  await browser.get(here.url('shop'));
  const asked = await browser.step(ADMIN);
  assert.deepEqual([asked.status, reasonOf(asked)], [303, 'step-up-required']);
  const question = await browser.get(ADMIN);
  assert.equal(headingOf(question), 'Show your second factor');
  const arrived = await browser.post(question.url, { code: await app.code() });
  assert.deepEqual([arrived.status, arrived.url.href], [200, ADMIN]);
  const [session] = await gateway.api.sessions('alice');
  const { aal, authenticator } = session!.status.authentication.info;
  assert.deepEqual([aal, authenticator?.type], ['AAL2', 'TOTP']);
});

test('a sign-in alone is AAL1, and enough elsewhere', async () => {
  const browser = await here.signedIn();
  assert.equal((await browser.get(here.url('shop', '/news'))).status, 200);
  assert.equal((await gateway.api.sessions('alice'))[0]!.status.authentication.info.aal, 'AAL1');
});

test('a script is told what is missing, and is led nowhere (RFC 9470)', async () => {
  const browser = await here.signedIn();
  await browser.get(here.url('shop'));
  const answer = await browser.step(ADMIN, { accept: 'application/json' });
  assert.deepEqual([answer.status, reasonOf(answer)], [401, 'step-up-required']);
  assert.match(String(answer.headers['www-authenticate']), /^Bearer .*error="insufficient_user_authentication"/);
});

test('who has no second factor is told how to get one', async () => {
  const browser = await here.signedIn();
  await browser.get(here.url('shop'));
  const told = await browser.get(ADMIN);
  assert.equal(headingOf(told), 'Set up a second factor');
  assert.match(told.body, /href="\/\.ostiary\/account"/);
});

test('a denial that a second factor does not change stays one', async () => {
  const noted = {
    kind: 'Policy',
    metadata: { name: 'never' },
    spec: { rules: [{ effect: 'DENY', condition: { matchAny: true } }] },
  };
  const shut = {
    kind: 'Service',
    metadata: { name: 'shut' },
    spec: {
      mode: 'WEB',
      isPublic: true,
      authorization: { policies: ['never'] },
      config: { upstream: { url: here.upstream.url } },
    },
  };
  await gateway.write('shut.yaml', `${JSON.stringify(noted)}\n---\n${JSON.stringify(shut)}\n`);
  const browser = await here.signedIn();
  const answer = await browser.get(here.url('shut'));
  assert.deepEqual([answer.status, reasonOf(answer)], [403, 'policy-denied']);
});

test('a recovery code works once, and removing the last factor takes the others away', async () => {
  const { recoveryCodes } = await here.addApp(await here.signedIn());
  assert.equal(new Set(recoveryCodes).size, 10);
  const use = async (code: string) => {
    const browser = await here.signedIn();
    return { browser, answer: await browser.post(here.own('second-factor'), { code }) };
  };
  const { browser, answer } = await use(recoveryCodes[0]!.toLowerCase().replaceAll('-', ' '));
  assert.deepEqual([answer.status, answer.url.pathname], [200, '/.ostiary/account']);
  assert.match(answer.body, /9 of 10 are left/);
  assert.equal((await use(recoveryCodes[0]!)).answer.status, 403);
  const name = /name="factor" value="([^"]+)"/.exec(answer.body)![1]!;
  const after = await browser.post(here.own('account/factors'), { factor: name });
  assert.match(after.body, /You have none yet/);
  const left = await browser.get(here.own('second-factor'));
  assert.equal(headingOf(left), 'Set up a second factor');
});

test('new recovery codes make the former ones worthless', async () => {
  const browser = await here.signedIn();
  const { recoveryCodes } = await here.addApp(browser);
  const renewed = codesOn((await browser.post(here.own('account/recovery-codes'))).body);
  assert.equal(renewed.length, 10);
  const other = await here.signedIn();
  assert.equal((await other.submit(here.own('second-factor'), { code: recoveryCodes[1]! })).status, 403);
  assert.equal((await other.submit(here.own('second-factor'), { code: renewed[1]! })).status, 303);
});

test('the account ends one session, or all others, and never this one', async () => {
  const [first, second, third] = [await here.signedIn(), await here.signedIn(), await here.signedIn()];
  const names = (await gateway.api.sessions('alice')).map(({ metadata }) => metadata.name);
  assert.ok(names.length >= 3);
  const account = await third.get(here.own('account'));
  assert.equal((account.body.match(/this one/g) ?? []).length, 1);
  const last = /name="session" value="([^"]+)"/.exec(account.body)![1]!;
  await third.post(here.own('account/sessions'), { session: last });
  assert.notEqual((await second.step(here.own('account'))).status, 200);
  await third.post(here.own('account/sessions'), { others: '1' });
  assert.equal((await gateway.api.sessions('alice')).length, 1);
  assert.notEqual((await first.step(here.own('account'))).status, 200);
  assert.equal((await third.get(here.own('account'))).status, 200);
});

test('administrators see second factors without their keys, and decide about them', async () => {
  const browser = await here.signedIn();
  const { app, recoveryCodes } = await here.addApp(browser);
  const listed = await gateway.command(['get', 'authenticators', '-o', 'json']);
  const [one] = JSON.parse(listed);
  assert.deepEqual([one.status.type, one.status.userRef.name, one.spec.state], ['TOTP', 'alice', 'ACTIVE']);
  assert.doesNotMatch(listed, /seed|lastStep/);
  const { name } = one.metadata;
  assert.match(await gateway.command(['authenticators', 'set', name, 'rejected']), /is REJECTED/);
  const other = await here.signedIn();
  assert.equal((await other.submit(here.own('second-factor'), { code: await app.code() })).status, 403);
  const paper = await other.submit(here.own('second-factor'), { code: recoveryCodes[0]! });
  assert.equal(paper.status, 403, 'recovery codes stand in for no rejected factor');
  await gateway.command(['authenticators', 'set', name, 'ACTIVE']);
  assert.equal((await other.submit(here.own('second-factor'), { code: await app.code() })).status, 303);
  await gateway.command(['delete', 'authenticator', name]);
  assert.deepEqual(JSON.parse(await gateway.command(['get', 'authenticators', '-o', 'json'])), []);
});

test('raising a session gives every host another handle', async () => {
  const { app } = await here.addApp(await here.signedIn());
  const browser = await here.signedIn();
  const question = await browser.get(ADMIN);
  const before = [browser.cookie(DOMAIN, COOKIE)!, browser.cookie(SHOP, COOKIE)!];
  await browser.post(question.url, { code: await app.code() });
  const after = [browser.cookie(DOMAIN, COOKIE)!, browser.cookie(SHOP, COOKIE)!];
  assert.equal(new Set([...before, ...after]).size, 4);
});

test('what is open stays open when the session is raised', async () => {
  const { app } = await here.addApp(await here.signedIn());
  const browser = await here.signedIn();
  await browser.get(here.url('shop'));
  // The hand-over to the host of the stream; the stream itself does not end, so it is not followed.
  const handOver = await browser.step((await browser.step(here.url('news'))).headers.location!);
  await browser.step(handOver.headers.location!);
  const cookie = `${COOKIE}=${browser.cookie(`news.${DOMAIN}`, COOKIE)}`;
  const headers = { host: `news.${DOMAIN}:${gateway.port}`, cookie, accept: 'text/event-stream' };
  const outgoing = request({ host: '127.0.0.1', port: gateway.port, headers, agent: false }).on('error', () => {});
  after(() => outgoing.destroy());
  const [answer] = (await once(outgoing.end(), 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  let text = '';
  answer.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  answer.on('error', () => {});
  const raised = await browser.submit(here.own('second-factor'), { code: await app.code() });
  assert.equal(raised.status, 303);
  // Another configuration has everything that is open judged again.
  await gateway.write('empty.yaml', '{ kind: Group, metadata: { name: nobody }, spec: {} }\n');
  streams.at(-1)!.write('data: still there\n\n');
  await until('the event', () => text.includes('still there'));
});
