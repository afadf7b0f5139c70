import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      service('api', { config: { upstream: { url: upstream.url } } }),
      open('open', upstream.url),
    ),
  },
  args: ['--workers', '2'],
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

async function create(name: string, ...args: string[]): Promise<Record<string, string>> {
  return JSON.parse(await gateway.command(['create', 'credential', name, '--user', 'robot', ...args, '-o', 'json']));
}

const made = await create('ci', '--type', 'oauth2');
const client = { client_id: made.clientId!, client_secret: made.clientSecret! };

function post(path: string, body: string, headers: Record<string, string> = {}, host = DOMAIN): Promise<Answer> {
  return gateway.ask(host, path, { method: 'POST', headers: { ...FORM, ...headers }, body });
}

async function token(headers: Record<string, string> = {}): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...client });
  const { status, body } = await post('/oauth2/token', form.toString(), headers);
  assert.equal(status, 200, body);
  return JSON.parse(body).access_token;
}

test('what is good at the token endpoint is no access token', async () => {
  const auth = await create('enrol', '--one-time');
  const device = JSON.parse((await post('/oauth2/device_authorization', 'client_id=ostiary-cli')).body);
  for (const text of [client.client_secret, auth.token!, device.device_code, device.user_code]) {
    const { status, reason } = await gateway.ask('api', '/', { headers: bearer(text) });
    assert.deepEqual([status, reason], [401, 'token-invalid'], text);
  }
});

test('none of them reaches an upstream, however it is shown', async () => {
  const auth = await create('enrol-2', '--one-time');
  for (const text of [client.client_secret, auth.token!, await token()]) {
    for (const headers of [bearer(text), { authorization: `DPoP ${text}` }, { authorization: `Basic ${text}` }]) {
      await gateway.ask('open', '/', { headers: { ...headers, 'x-here': text.slice(-6) } });
      assert.equal(upstream.last.headers['x-here'], text.slice(-6));
      assert.ok(!JSON.stringify(upstream.last).includes(text));
    }
  }
});

test('a token in the address is not looked at (RFC 9700 4.3.2)', async () => {
  const { status } = await gateway.ask('api', `/?access_token=${await token()}`);
  assert.equal(status, 401);
});

test('only the auth host gives tokens: the same paths of a Service belong to it', async () => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString();
  await post('/oauth2/token', form, {}, 'open');
  assert.equal(upstream.last.url, '/oauth2/token');
  assert.equal((await post('/oauth2/token', form, {}, 'api')).status, 401);
});

test('a repeated parameter is refused, also when it is spelled in two ways', async () => {
  for (const more of ['&scope=service:api&scope=service:*', '&scope=service:api&%73cope=service:*', '&client_id=x']) {
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString();
    const { status, body } = await post('/oauth2/token', form + more);
    assert.deepEqual([status, JSON.parse(body).error], [400, 'invalid_request'], more);
  }
});

test('parameters in the query are not looked at', async () => {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...client }).toString();
  const { status, body } = await post(`/oauth2/token?${form}`, 'x=y');
  assert.deepEqual([status, JSON.parse(body).error], [400, 'invalid_request']);
});

test('a proof is good once, whichever process it is shown to', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const proof = (htm: string, htu: string, more: object) =>
    new SignJWT({ jti: crypto.randomUUID(), htm, htu, ...more })
      .setIssuedAt()
      .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
      .sign(privateKey);
  const at = (host: string, path: string) => `http://${host}:${gateway.port}${path}`;
  const bound = await token({ dpop: await proof('POST', at(DOMAIN, '/oauth2/token'), {}) });
  const ath = hash('sha256', bound, 'base64url');
  const shown = await proof('GET', at(`api.${DOMAIN}`, '/'), { ath });
  const headers = { authorization: `DPoP ${bound}`, dpop: shown };
  const answers = await Promise.all(Array.from({ length: 8 }, () => gateway.ask('api', '/', { headers })));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(401)]);
  assert.deepEqual([upstream.last.headers.dpop, upstream.last.headers.authorization], [undefined, undefined]);
});

test("somebody else's proof passes, and ours beside a token of ours does not", async () => {
  await gateway.ask('open', '/', { headers: { authorization: 'DPoP foreign', dpop: 'x' } });
  assert.deepEqual([upstream.last.headers.dpop, upstream.last.headers.authorization], ['x', 'DPoP foreign']);
  await gateway.ask('open', '/token', { headers: { dpop: 'y' } });
  assert.equal(upstream.last.headers.dpop, 'y');
  const ours = await token();
  for (const headers of [{ authorization: `DPoP ${ours}` }, { 'x-ostiary-auth': ours }]) {
    await gateway.ask('open', '/', { headers: { ...headers, dpop: 'z' } });
    assert.equal(upstream.last.headers.dpop, undefined);
  }
});

/** Connections go to the processes in turn, so some answers in a row are those of all of them. */
async function refusedEverywhere(shown: string): Promise<void> {
  for (let inARow = 0, asked = 0; inARow < 6; asked++) {
    assert.ok(asked < 500, 'a process takes it still');
    const { status } = await gateway.ask('api', '/', { headers: bearer(shown) });
    inARow = status === 401 ? inARow + 1 : 0;
    if (status !== 401) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function acceptedEverywhere(shown: string): Promise<void> {
  for (let i = 0; i < 6; i++) assert.equal((await gateway.ask('api', '/', { headers: bearer(shown) })).status, 200);
}

test('a token that was revoked is refused by every process', async () => {
  const ended = await token();
  await acceptedEverywhere(ended);
  await post('/oauth2/revoke', new URLSearchParams({ token: ended, ...client }).toString());
  await refusedEverywhere(ended);
});

test('so is what was exchanged for it', async () => {
  const parent = await token();
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: parent,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'api',
  });
  const child = JSON.parse((await post('/oauth2/token', form.toString())).body).access_token;
  await acceptedEverywhere(child);
  await post('/oauth2/revoke', new URLSearchParams({ token: parent, ...client }).toString());
  await refusedEverywhere(child);
});
