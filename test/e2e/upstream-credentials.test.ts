/** The credentials that upstreams are shown in place of the client's, as upstreams and token endpoints see them. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import { authorizationOf, sha256, signingKey } from '../../src/credentials/sigv4/signature.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { isError, metadataOf, ParrotClient, ParrotServer } from '../support/grpc-parrot.ts';
import type { Ask } from '../support/http-client.ts';
import { mistakesIn } from '../support/mistakes.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, group, open, service, workload, yaml } from '../support/resources.ts';
import { TokenEndpoint } from '../support/token-endpoint.ts';
import { TokenIssuer } from '../support/token-issuer.ts';
import { EchoSockets, SocketClient } from '../support/web-socket.ts';

const upstream = await RecordingUpstream.start('one');
const second = await RecordingUpstream.start('two');
let failing = 0;
const shaky = await RecordingUpstream.start('shaky', {
  answer: (received, response) => {
    response.statusCode = failing-- > 0 ? 503 : 200;
    response.end(JSON.stringify(received));
  },
});
let answers = 200;
const picky = await RecordingUpstream.start('picky', {
  answer: (_received, response) => {
    response.statusCode = answers;
    response.end();
  },
});
const moving = await RecordingUpstream.start('moving', {
  answer: ({ url }, response) => {
    response.writeHead(301, { location: url.replace('?', '/?') }).end();
  },
});
const sockets = await EchoSockets.start();
const parrot = await ParrotServer.start();
const endpoint = await TokenEndpoint.start();
const refusing = await TokenEndpoint.start();
const redirecting = await TokenEndpoint.start();
redirecting.misbehave = (response) => void response.writeHead(307, { location: endpoint.url }).end();
const exchange = await TokenEndpoint.start();
const issuer = await TokenIssuer.start();

const AWS_SECRET = 'aws-secret-0123456789';
const KEY = String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const MARKERS = [AWS_SECRET, 'client-secret-of-the-test', 'query-secret-of-the-test', 'BEGIN PRIVATE', 'token-1'];

function secret(name: string, value: string): Document {
  return { kind: 'Secret', metadata: { name }, spec: {}, data: { value } };
}

const clientSecret = { fromSecret: 'client-secret' };
const oauth = { clientID: 'gate', clientSecret, tokenURL: endpoint.url, scopes: ['read', 'write'] };
const sigv4 = {
  accessKeyID: 'AKIDEXAMPLE',
  secretAccessKey: { fromSecret: 'aws' },
  region: 'eu-central-1',
  service: 'execute-api',
};
const query = { name: 'api_key', value: { fromSecret: 'query' } };
const signedJWT = { algorithm: 'EDDSA', key: { fromSecret: 'key' }, issuer: 'gate', subject: 'robot', audience: 'api' };
const tokenExchange = {
  clientID: 'gate',
  clientSecret,
  tokenURL: exchange.url,
  audience: 'orders',
  scopes: ['orders'],
};

const showing = (name: string, auth: object, url = upstream.url, more: object = {}) =>
  open(name, url, {}, { auth, ...more });
const asking = (name: string, auth: object, more: object = {}, url = upstream.url) =>
  service(name, { config: { upstream: { url }, http: { auth } }, ...more });

const identities = [{ identityProvider: 'corp', identifier: 'robot-1' }];
const oidc = { clientID: 'x', clientSecret, issuerURL: issuer.issuer };
const corp: Document = { kind: 'IdentityProvider', metadata: { name: 'corp' }, spec: { oidc } };
const tokens = [{ name: 'corp', identityProvider: 'corp', jwt: { issuer: issuer.issuer, audiences: ['api'] } }];

const SECRETS = yaml(
  secret('client-secret', 'client-secret-of-the-test'),
  secret('aws', AWS_SECRET),
  secret('query', 'query-secret-of-the-test'),
  secret('key', KEY),
);

const always = { matchAny: true };
const header = (name: string) => `ctx.request.http.headers["${name}"] == "yes"`;
const computed = `{"upstream": {"url": "${upstream.url}"}, "http": {"auth": {"sigv4": ${JSON.stringify(sigv4)}}}}`;

const gateway = await GatewayProcess.start({
  files: {
    'secrets.yaml': SECRETS,
    'all.yaml': yaml(
      ALLOW_ALL,
      corp,
      group('staff'),
      workload('robot', { groups: ['staff'], authentication: { identities } }),
      workload('another'),
      showing('oauth', { oauth2ClientCredentials: oauth }),
      showing('oauth-again', { oauth2ClientCredentials: oauth }),
      showing('oauth-post', {
        oauth2ClientCredentials: { ...oauth, clientAuthentication: 'client_secret_post', scopes: ['other'] },
      }),
      showing('oauth-down', { oauth2ClientCredentials: { ...oauth, tokenURL: refusing.url } }),
      showing('oauth-redirected', { oauth2ClientCredentials: { ...oauth, tokenURL: redirecting.url } }),
      showing('oauth-picky', { oauth2ClientCredentials: { ...oauth, scopes: ['picky'] } }, picky.url),
      showing('aws', { sigv4 }, upstream.url, {
        path: { removePrefix: '/old', addPrefix: '/new' },
        header: { addRequestHeaders: [{ key: 'X-Amz-Target', value: 'Added' }] },
      }),
      showing('aws-shaky', { sigv4 }, shaky.url, { retry: { initialInterval: '10ms' } }),
      showing('aws-chat', { sigv4 }, sockets.url),
      open('aws-balanced', '', {
        config: {
          upstream: { loadbalance: { policy: 'ROUND_ROBIN', endpoints: [{ url: upstream.url }, { url: second.url }] } },
          http: { auth: { sigv4 } },
        },
      }),
      service('aws-computed', { isAnonymous: true, dynamicConfig: { rules: [{ condition: always, eval: computed }] } }),
      showing('query', { query }),
      showing('query-moving', { query }, moving.url),
      showing('query-chat', { query }, sockets.url),
      service('rpc', {
        mode: 'GRPC',
        isAnonymous: true,
        config: { upstream: { url: `grpc://127.0.0.1:${parrot.port}` }, http: { auth: { signedJWT } } },
      }),
      service('variants', {
        isAnonymous: true,
        config: { upstream: { url: upstream.url }, http: { auth: { oauth2ClientCredentials: oauth } } },
        dynamicConfig: {
          configs: [
            {
              name: 'inherits',
              parent: 'default',
              http: { header: { addRequestHeaders: [{ key: 'X-A', value: '1' }] } },
            },
            { name: 'replaces', parent: 'default', http: { auth: { query } } },
          ],
          rules: [
            { condition: { match: header('x-inherits') }, configName: 'inherits' },
            { condition: { match: header('x-replaces') }, configName: 'replaces' },
          ],
        },
      }),
      asking('exchange', { tokenExchange }),
      asking(
        'exchange-shown',
        { tokenExchange: { ...tokenExchange, subjectToken: 'CLIENT_TOKEN' } },
        {
          authentication: { tokens },
        },
      ),
    ),
  },
});

async function arriving(host: string, path = '/', more: Omit<Ask, 'host' | 'path'> = {}): Promise<Received> {
  const { status, reason, body } = await gateway.ask(host, path, more);
  assert.equal(status, 200, `${status} ${reason}`);
  return JSON.parse(body) as Received;
}

const CLIENT = { authorization: 'Bearer of-the-client' };

test('client credentials: one token for all requests and Services that ask for the same', async () => {
  const crowd = await Promise.all(
    Array.from({ length: 10 }, (_, i) => arriving(i % 2 === 0 ? 'oauth' : 'oauth-again', '/', { headers: CLIENT })),
  );
  assert.deepEqual([...new Set(crowd.map(({ headers }) => headers.authorization))], ['Bearer token-1']);
  assert.equal(endpoint.asked.length, 1);
  const { authorization, form } = endpoint.last;
  assert.equal(authorization, `Basic ${Buffer.from('gate:client-secret-of-the-test').toString('base64')}`);
  assert.deepEqual(form, { grant_type: 'client_credentials', scope: 'read write' });
});

test('client credentials in the form', async () => {
  await arriving('oauth-post');
  const { authorization, form } = endpoint.last;
  assert.equal(authorization, '');
  assert.deepEqual([form.client_id, form.client_secret], ['gate', 'client-secret-of-the-test']);
});

test('a token endpoint that refuses: nothing is forwarded, and it is left alone for a while', async () => {
  refusing.misbehave = (response) => void response.writeHead(400).end('{"error":"invalid_client"}');
  const before = upstream.received.length;
  const answer = await gateway.ask('oauth-down', '/', { headers: CLIENT });
  assert.deepEqual([answer.status, answer.reason], [502, 'credential-unavailable']);
  await Promise.all(Array.from({ length: 10 }, () => gateway.ask('oauth-down')));
  assert.equal(refusing.asked.length, 1);
  assert.equal(upstream.received.length, before);
  const line = await gateway.logged(({ requestId }) => requestId === answer.requestId);
  assert.equal(line.detail, 'the token endpoint: it answers with status 400 (invalid_client)');
});

test('a token endpoint that redirects would take the secret elsewhere: it is not followed', async () => {
  const before = endpoint.asked.length;
  assert.equal((await gateway.ask('oauth-redirected')).reason, 'credential-unavailable');
  assert.equal(redirecting.asked.length, 1);
  assert.equal(endpoint.asked.length, before);
});

test('a 401 of the upstream gives the token up once, not with every request', async () => {
  const before = endpoint.asked.length;
  answers = 401;
  for (let i = 0; i < 5; i++) assert.equal((await gateway.ask('oauth-picky')).status, 401);
  assert.equal(endpoint.asked.length, before + 2);
  assert.notEqual(picky.received[0]?.headers.authorization, picky.last.headers.authorization);
  answers = 200;
});

test('a named config has the credential of its parent, or another kind in its place', async () => {
  const inherited = await arriving('variants', '/', { headers: { 'x-inherits': 'yes' } });
  assert.equal(inherited.headers.authorization, 'Bearer token-1');
  const replaced = await arriving('variants', '/', { headers: { 'x-replaces': 'yes' } });
  assert.equal(replaced.headers.authorization, undefined);
  assert.equal(replaced.url, '/?api_key=query-secret-of-the-test');
});

/** What AWS would find, from the bytes that arrived. */
function isSigned({ method, url, headers, body }: Pick<Received, 'method' | 'url' | 'headers' | 'body'>): boolean {
  const {
    authorization = '',
    'x-amz-date': time = '',
    'x-amz-content-sha256': payload,
  } = headers as Record<string, string>;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const [path = '', search = ''] = url.split('?');
  const scope = { day: time.slice(0, 8), region: sigv4.region, service: sigv4.service };
  const signed = names.map((name) => [name, String(headers[name])] as const);
  const request = { method, path, query: search, headers: signed, payload: sha256(body) };
  const key = signingKey(AWS_SECRET, scope);
  const expected = authorizationOf(request, { key, accessKeyID: 'AKIDEXAMPLE', scope, time });
  return authorization === expected && payload === sha256(body) && names.includes('host');
}

test('sigv4 signs what is sent, after every rewrite', async () => {
  const headers = { ...CLIENT, 'x-amz-date': '20000101T000000Z', 'x-amz-security-token': 'mine', 'x-amz-mine': 'a  b' };
  const got = await arriving('aws', '/old/a%20b?z=1+2&a&X-Amz-Signature=mine', { headers });
  assert.equal(got.url, '/new/a%20b?z=1%202&a');
  assert.ok(isSigned(got), JSON.stringify(got));
  assert.match(String(got.headers.authorization), /x-amz-mine;x-amz-target/);
  const posted = await arriving('aws', '/', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'a/b' } });
  assert.equal(posted.body, '{"a":1}');
  assert.ok(isSigned(posted), JSON.stringify(posted));
});

test('sigv4: each try and each endpoint has its own signature', async () => {
  failing = 2;
  assert.ok(isSigned(await arriving('aws-shaky', '/', { method: 'PUT', body: 'again' })));
  assert.equal(shaky.received.length, 3);
  assert.ok(shaky.received.every(isSigned));
  const balanced = [await arriving('aws-balanced'), await arriving('aws-balanced')];
  assert.deepEqual(balanced.map((one) => one.upstream).sort(), ['one', 'two']);
  assert.ok(balanced.every(isSigned));
});

test('sigv4 of a WebSocket signs the handshake', async () => {
  const client = await SocketClient.open(gateway.port, { host: `aws-chat.${DOMAIN}`, path: '/room' });
  client.socket.close();
  const { method = '', url = '', headers } = sockets.handshakes.at(-1)!;
  assert.ok(isSigned({ method, url, headers, body: '' }));
});

test('sigv4 of a computed config: a body that nobody read is not forwarded unsigned', async () => {
  assert.ok(isSigned(await arriving('aws-computed')));
  const answer = await gateway.ask('aws-computed', '/', { method: 'POST', body: 'x' });
  assert.deepEqual([answer.status, answer.reason], [502, 'credential-unavailable']);
});

test('a body that is too large to be signed is refused', async () => {
  const body = 'x'.repeat(32 * 1024 * 1024 + 1);
  assert.equal((await gateway.ask('aws', '/', { method: 'POST', body })).status, 413);
});

test('a query parameter takes the place of the client’s, and redirects do not tell it', async () => {
  const got = await arriving('query', '/p?a=1&API%5Fkey=mine&b=2');
  assert.equal(got.url, '/p?a=1&b=2&api_key=query-secret-of-the-test');
  const moved = await gateway.ask('query-moving', '/p?a=1');
  assert.equal(moved.headers.location, '/p/?a=1');
  const client = await SocketClient.open(gateway.port, { host: `query-chat.${DOMAIN}`, path: '/room?api_key=mine' });
  client.socket.close();
  assert.equal(sockets.handshakes.at(-1)?.url, '/room?api_key=query-secret-of-the-test');
});

test('a signed JWT goes with calls of gRPC', async () => {
  const client = new ParrotClient(gateway.port, `rpc.${DOMAIN}`);
  const outcome = await client.say({ text: 'hi' }, metadataOf({ authorization: 'Bearer of-the-client' }));
  assert.ok(!isError(outcome));
  const [value] = parrot.last.get('authorization');
  assert.equal(decodeJwt(String(value).replace('Bearer ', '')).sub, 'robot');
});

const keys = createRemoteJWKSet(new URL(`https://${DOMAIN}/.well-known/jwks.json`), {
  [customFetch]: async (url) => {
    const { status, body } = await gateway.ask(DOMAIN, new URL(url).pathname);
    return new Response(body, { status });
  },
});

test('token exchange: each session has its own token, made of an assertion that we sign', async () => {
  const [robot, another] = [await gateway.token('robot'), await gateway.token('another')];
  const first = await arriving('exchange', '/', { headers: bearer(robot) });
  const asked = exchange.last;
  const { subject_token: subject = '', ...form } = asked.form;
  assert.deepEqual(form, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope: 'orders',
    audience: 'orders',
  });
  const { payload } = await jwtVerify(subject, keys, { issuer: `https://${DOMAIN}`, audience: exchange.url });
  assert.deepEqual([payload.sub, payload.groups], ['robot', ['staff']]);
  assert.equal(
    (await arriving('exchange', '/', { headers: bearer(robot) })).headers.authorization,
    first.headers.authorization,
  );
  const other = await arriving('exchange', '/', { headers: bearer(another) });
  assert.notEqual(other.headers.authorization, first.headers.authorization);
  assert.equal(exchange.asked.length, 2);
  const rotated = await gateway.token('robot', { name: 'again' });
  await arriving('exchange', '/', { headers: bearer(rotated) });
  assert.equal(exchange.asked.length, 3);
  assert.equal((await gateway.ask('exchange')).status, 401);
});

test('token exchange of the token that the client shows; ours are exchanged for nothing', async () => {
  const theirs = await issuer.token();
  const got = await arriving('exchange-shown', '/', { headers: bearer(theirs) });
  assert.match(String(got.headers.authorization), /^Bearer token-\d+$/);
  assert.equal(exchange.last.form.subject_token, theirs);
  assert.equal(exchange.last.form.subject_token_type, 'urn:ietf:params:oauth:token-type:access_token');
  const before = exchange.asked.length;
  const ours = await gateway.ask('exchange-shown', '/', {
    headers: bearer(await gateway.token('robot', { name: 'third' })),
  });
  assert.deepEqual([ours.status, ours.reason], [502, 'credential-unavailable']);
  assert.equal(exchange.asked.length, before);
});

test('the log has none of it', () => {
  for (const marker of MARKERS) {
    assert.ok(!`${gateway.stdout}${gateway.stderr}`.includes(marker), `the log has ${marker}`);
  }
});

test('another value of the Secret asks for another token; without the Secret there is none', async () => {
  const asked = endpoint.asked.length;
  await gateway.write('secrets.yaml', SECRETS.replace('client-secret-of-the-test', 'another-client-secret'));
  await arriving('oauth');
  assert.equal(endpoint.asked.length, asked + 1);
  await gateway.write('secrets.yaml', yaml(secret('aws', AWS_SECRET)));
  for (const host of ['oauth', 'query']) assert.equal((await gateway.ask(host)).reason, 'credential-unavailable', host);
});

const MISTAKES: readonly (readonly [what: string, spec: object, expected: RegExp])[] = [
  ['gRPC', { mode: 'GRPC', http: { auth: { sigv4 } } }, /http\.auth: sigv4 signs whole bodies/],
  [
    'unsigned',
    { http: { auth: { sigv4: { ...sigv4, streamBodiesThatNothingProves: true } } } },
    /for s3 over https only/,
  ],
  ['anonymous', { http: { auth: { tokenExchange } } }, /an anonymous Service has no users/],
  [
    'plain HTTP',
    { http: { auth: { oauth2ClientCredentials: { ...oauth, tokenURL: 'http://a.example/' } } } },
    /https URL is needed/,
  ],
  ['two kinds', { http: { auth: { sigv4, query } } }, /only one of/],
  ['lifetime', { http: { auth: { signedJWT: { ...signedJWT, lifetime: '1d' } } } }, /from 10s to 1h/],
];

for (const [what, { mode = 'HTTP', http }, expected] of MISTAKES as readonly (readonly [
  string,
  { readonly mode?: string; readonly http: object },
  RegExp,
])[]) {
  test(`refused when it is written: ${what}`, async () => {
    const url = mode === 'GRPC' ? 'grpc://127.0.0.1:1' : upstream.url;
    const text = yaml(service('bad', { mode, isAnonymous: true, config: { upstream: { url }, http } }));
    assert.match(await mistakesIn(text), expected);
  });
}
