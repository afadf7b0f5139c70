import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN } from '../support/gateway-process.ts';
import { KeptFormWorld, NAVIGATION } from '../support/kept-form-world.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { yaml } from '../support/resources.ts';
import { AuthenticatorApp, keyOnPage } from '../support/totp.ts';

const upstream = await RecordingUpstream.start('upstream');
const world = await KeptFormWorld.of(upstream.url, ['--workers', '2']);

test('a form that was sent after the session had ended is sent as it was, once its sender agrees', async () => {
  const browser = await world.signedOut();
  const answer = await world.sent(browser, { text: 'a&b=ü', 'file name': '%00' } as never);
  const asks = await world.asked(browser, answer);
  assert.match(asks.body, /Send the form now\?/);
  assert.match(asks.body, /wiki\.gate\.localhost\/save\?draft=1/);
  assert.match(asks.body, /text, file name/);
  const before = upstream.received.length;
  const arrived = await browser.submit(asks.url, {}, NAVIGATION);
  assert.equal(arrived.status, 200, arrived.body);
  assert.equal(upstream.received.length, before + 1);
  const { method, url, body, headers } = upstream.last;
  assert.equal(`${method} ${url}`, 'POST /save?draft=1');
  assert.equal(body, new URLSearchParams({ text: 'a&b=ü', 'file name': '%00' }).toString());
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(headers['content-length'], String(Buffer.byteLength(String(body))));
  assert.doesNotMatch(JSON.stringify(headers), /ostiary-kept/);
  await world.gateway.logged(({ path, status, reason }) => path === '/save' && status === 303 && reason !== null);
  await world.gateway.logged(({ path, status }) => path === '/save' && status === 200);
});

test('it is decided about anew: who signs in and may not, sends nothing', async () => {
  const browser = await world.signedOut();
  const asks = await world.asked(browser, await world.sent(browser));
  await world.gateway.api.apply({
    texts: [
      {
        file: 'deny.yaml',
        text: 'kind: ClusterConfig\nmetadata: {name: default}\nspec: {authorization: {inlinePolicies: [{spec: {rules: [{effect: DENY, priority: -1, condition: {match: "ctx.request.http.method == \\"POST\\""}}]}}]}}\n',
      },
    ],
  });
  const before = upstream.received.length;
  assert.equal((await browser.submit(asks.url, {}, NAVIGATION)).status, 403);
  assert.equal(upstream.received.length, before);
  await world.gateway.api.delete('ClusterConfig', 'default');
});

test('who must show a second factor first is asked for it before the form, which waits', async () => {
  const browser = await world.signedOut();
  const sent = await world.sent(browser);
  const registrationEnforcementRules = [{ condition: { matchAny: true }, effect: 'ENFORCE' }];
  const cluster = { kind: 'ClusterConfig', metadata: { name: 'default' } };
  const spec = { authenticator: { registrationEnforcementRules } };
  await world.gateway.api.apply({ texts: [{ file: 'cluster.yaml', text: yaml({ ...cluster, spec }) }] });
  const asked = await browser.get(sent.headers.location!);
  assert.match(asked.body, /<h1>Set up a second factor<\/h1>/);
  const page = await browser.post(world.url(DOMAIN, '/.ostiary/account/totp'));
  const app = new AuthenticatorApp(keyOnPage(page.body));
  await browser.post(world.url(DOMAIN, '/.ostiary/account/totp/confirm'), { code: await app.code(-1) });
  const form = await browser.get(asked.url.searchParams.get('to')!);
  assert.match(form.body, /Send the form now\?/);
  assert.equal((await browser.submit(form.url, {}, NAVIGATION)).status, 200);
  assert.equal(upstream.last.method, 'POST');
  await world.gateway.api.delete('ClusterConfig', 'default');
});
