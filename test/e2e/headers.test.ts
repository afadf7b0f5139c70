import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: (received, response) => {
    response.writeHead(200, { 'x-internal': 'yes', 'x-kept': 'yes', 'x-changed': 'by upstream' });
    response.end(JSON.stringify(received));
  },
});

const withHeader = (name: string, header: Record<string, unknown>) => open(name, upstream.url, {}, { header });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      workload('robot', { groups: ['team'] }),
      { kind: 'Group', metadata: { name: 'team' }, spec: {} },
      withHeader('changes', {
        addRequestHeaders: [
          { key: 'X-Set', value: 'ours' },
          { key: 'X-List', value: 'ours', append: true },
          { key: 'X-Path', eval: 'ctx.request.http.path' },
        ],
        removeRequestHeaders: ['X-Debug'],
        addResponseHeaders: [
          { key: 'X-Changed', value: 'by gateway' },
          { key: 'X-Method', eval: 'ctx.request.http.method' },
        ],
        removeResponseHeaders: ['X-Internal'],
      }),
      service('who', {
        config: {
          upstream: { url: upstream.url },
          http: { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } },
        },
      }),
      withHeader('nobody', { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] }),
      withHeader('failing', { addRequestHeaders: [{ key: 'X-Id', eval: 'ctx.request.http.query["id"]' }] }),
      withHeader('plain', {}),
      withHeader('transparent', { forwardedMode: 'TRANSPARENT' }),
      withHeader('obfuscate', { forwardedMode: 'OBFUSCATE' }),
      withHeader('host-preserve', { host: { preserve: true } }),
      withHeader('host-value', { host: { value: 'inner.example.org' } }),
      withHeader('host-eval', { host: { eval: '"t-" + ctx.request.http.headers["x-tenant"] + ".example.org"' } }),
      withHeader('auth-delete', { authorizationMode: 'DELETE' }),
      service('auth-default', { config: { upstream: { url: upstream.url } } }),
      service('auth-pass', {
        config: { upstream: { url: upstream.url }, http: { header: { authorizationMode: 'PASS' } } },
      }),
    ),
  },
});

async function arriving(name: string, headers: Record<string, string> = {}, path = '/'): Promise<Received> {
  const { status, body } = await gateway.ask(name, path, { headers });
  assert.equal(status, 200, body);
  return JSON.parse(body) as Received;
}

test('request headers are set, appended, evaluated and removed', async () => {
  const sent = { 'x-set': 'theirs', 'x-list': 'theirs', 'x-debug': '1', 'x-other': 'kept' };
  const { headers } = await arriving('changes', sent, '/some/path');
  assert.equal(headers['x-set'], 'ours');
  assert.equal(headers['x-list'], 'theirs, ours');
  assert.equal(headers['x-path'], '/some/path');
  assert.equal(headers['x-debug'], undefined);
  assert.equal(headers['x-other'], 'kept');
});

test('response headers are set, evaluated and removed', async () => {
  const { headers } = await gateway.ask('changes');
  assert.equal(headers['x-changed'], 'by gateway');
  assert.equal(headers['x-method'], 'GET');
  assert.equal(headers['x-internal'], undefined);
  assert.equal(headers['x-kept'], 'yes');
});

test('a header can say who asks, and nobody can say it in our place', async () => {
  const token = await gateway.token('robot');
  const { headers } = await arriving('who', { ...bearer(token), 'x-user': 'root' });
  assert.equal(headers['x-user'], 'robot');
});

test('a header about somebody who is not there is not sent, whoever else sends it', async () => {
  assert.equal((await arriving('nobody', { 'x-user': 'root' })).headers['x-user'], undefined);
});

test('a header expression that fails refuses the request, and nothing is forwarded', async () => {
  const received = upstream.received.length;
  const { status, reason } = await gateway.ask('failing', '/?id=1&id=2');
  assert.deepEqual([status, reason], [500, 'plugin-error']);
  assert.equal(upstream.received.length, received);
});

const SPOOFED = {
  forwarded: 'for=1.2.3.4',
  'x-forwarded-for': '1.2.3.4',
  'x-real-ip': '1.2.3.4',
  'x-forwarded-host': 'evil',
};

test('forwardedMode: nothing by default, whatever the client says of itself', async () => {
  const { headers } = await arriving('plain', SPOOFED);
  for (const name of Object.keys(SPOOFED)) assert.equal(headers[name], undefined, name);
});

test('forwardedMode TRANSPARENT: what this hop saw, and not what a stranger claims', async () => {
  const { headers } = await arriving('transparent', SPOOFED);
  assert.equal(headers['x-forwarded-for'], '127.0.0.1');
  assert.equal(headers['x-real-ip'], '127.0.0.1');
  assert.equal(headers['x-forwarded-proto'], 'http');
  assert.equal(headers['x-forwarded-host'], `transparent.${DOMAIN}:${gateway.port}`);
  assert.equal(headers.forwarded, undefined);
});

test('forwardedMode OBFUSCATE: an address that says nothing', async () => {
  const { headers } = await arriving('obfuscate', SPOOFED);
  assert.equal(headers['x-forwarded-for'], '10.0.0.1');
  assert.match(String(headers.forwarded), /^for=_\w+;by=_\w+;proto=http;host=obfuscate\.gate\.localhost$/);
});

test('the Host of the upstream: its own, preserved, fixed or evaluated', async () => {
  assert.equal((await arriving('plain')).headers.host, `127.0.0.1:${upstream.port}`);
  assert.equal((await arriving('host-preserve')).headers.host, `host-preserve.${DOMAIN}:${gateway.port}`);
  assert.equal((await arriving('host-value')).headers.host, 'inner.example.org');
  assert.equal((await arriving('host-eval', { 'x-tenant': 'acme' })).headers.host, 't-acme.example.org');
  const bad = await gateway.ask('host-eval', '/', { headers: { 'x-tenant': 'a/b' } });
  assert.deepEqual([bad.status, bad.reason], [500, 'plugin-error']);
});

test("authorizationMode: the client's own Authorization passes where we take no identity, unless deleted", async () => {
  const basic = { authorization: 'Basic dTpw' };
  assert.equal((await arriving('plain', basic)).headers.authorization, 'Basic dTpw');
  assert.equal((await arriving('plain', bearer('of-the-upstream'))).headers.authorization, 'Bearer of-the-upstream');
  assert.equal((await arriving('auth-delete', basic)).headers.authorization, undefined);
});

test('authorizationMode on a Service with identity: deleted, or passed when asked to', async () => {
  const token = await gateway.token('robot', { name: 'second' });
  const both = { 'x-ostiary-auth': token, authorization: 'Basic dTpw' };
  assert.equal((await arriving('auth-default', both)).headers.authorization, undefined);
  assert.equal((await arriving('auth-pass', both)).headers.authorization, 'Basic dTpw');
  // A token that was consumed here never goes on.
  assert.equal((await arriving('auth-pass', bearer(token))).headers.authorization, undefined);
});
