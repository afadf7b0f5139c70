import assert from 'node:assert/strict';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { TestAuthority } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { service, yaml } from '../support/resources.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An anonymous Service with this load balancing. */
function balanced(loadbalance: Fields, http: Fields = {}): string {
  return yaml(service('api', { isAnonymous: true, config: { upstream: { loadbalance }, http } }));
}

function endpoints(...urls: readonly string[]): Fields {
  return { endpoints: urls.map((url) => ({ url })) };
}

test('requests are spread, and a dead endpoint is no failure of theirs', async () => {
  const [one, two] = [await RecordingUpstream.start('one'), await RecordingUpstream.start('two')];
  const dead = `http://127.0.0.1:${await freePort()}`;
  const gateway = await GatewayProcess.start({
    files: { 'api.yaml': balanced({ ...endpoints(one.url, two.url, dead), policy: 'ROUND_ROBIN' }) },
  });
  for (let i = 0; i < 12; i++) {
    const { status } = await gateway.ask('api', '/', { method: 'POST', body: 'order' });
    assert.equal(status, 200);
  }
  assert.equal(one.received.length + two.received.length, 12);
  assert.ok(one.received.length > 0 && two.received.length > 0);
});

test('health checks take an endpoint out and bring it back; with all of them down requests are refused', async () => {
  const sick = new Set<string>();
  const start = (name: string) =>
    RecordingUpstream.start(name, {
      answer: ({ url }, response) => response.writeHead(url === '/healthz' && sick.has(name) ? 500 : 200).end(name),
    });
  const [one, two] = [await start('one'), await start('two')];
  const healthCheck = { path: '/healthz', interval: '20ms', unhealthyThreshold: 1, healthyThreshold: 1 };
  const gateway = await GatewayProcess.start({
    files: { 'api.yaml': balanced({ ...endpoints(one.url, two.url), policy: 'ROUND_ROBIN', healthCheck }) },
  });
  const answers = async () => {
    const { status, body, reason } = await gateway.ask('api');
    return status === 200 ? body : reason;
  };
  const becomes = async (wanted: readonly string[]) => {
    const end = Date.now() + 20_000;
    for (;;) {
      assert.ok(Date.now() < end, `never answered by ${wanted.join(' and ')}`);
      const seen = new Set([await answers(), await answers(), await answers(), await answers()]);
      if (wanted.every((one) => seen.has(one)) && seen.size === wanted.length) return;
    }
  };
  await becomes(['one', 'two']);
  sick.add('one');
  await becomes(['two']);
  assert.match(gateway.stderr, new RegExp(`${one.url} is down: it answered 500`));
  sick.add('two');
  await becomes(['upstream-unhealthy']);
  sick.clear();
  await becomes(['one', 'two']);
});

test('HASH keeps a caller at one endpoint', async () => {
  const upstreams = [];
  for (const name of ['a', 'b', 'c', 'd']) upstreams.push(await RecordingUpstream.start(name));
  const hash = { header: 'X-Tenant' };
  const loadbalance = { ...endpoints(...upstreams.map(({ url }) => url)), policy: 'HASH', hash };
  const gateway = await GatewayProcess.start({ files: { 'api.yaml': balanced(loadbalance) } });
  const placeOf = async (tenant: string) => {
    const { headers } = await gateway.ask('api', '/', { headers: { 'x-tenant': tenant } });
    return headers['x-upstream'];
  };
  const places = [];
  for (let i = 0; i < 12; i++) {
    const place = await placeOf(`tenant-${i}`);
    assert.equal(await placeOf(`tenant-${i}`), place);
    places.push(place);
  }
  assert.ok(new Set(places).size > 1);
});

test('retry tries a GET again, a POST only when it is named', async () => {
  let failures = 0;
  const upstream = await RecordingUpstream.start('moody', {
    answer: ({ body }, response) => response.writeHead(failures-- > 0 ? 503 : 200).end(body),
  });
  const files = (retry: Fields) => ({
    'api.yaml': balanced(endpoints(upstream.url), { retry, enableRequestBuffering: true }),
  });
  const gateway = await GatewayProcess.start({ files: files({ initialInterval: '1ms' }) });
  const statusOf = async (method: string) => {
    failures = 1;
    const { status } = await gateway.ask('api', '/', method === 'GET' ? {} : { method, body: 'order' });
    return status;
  };
  assert.equal(await statusOf('GET'), 200);
  assert.equal(await statusOf('PUT'), 200);
  assert.equal(await statusOf('POST'), 503);
  await gateway.write('api.yaml', files({ initialInterval: '1ms', methods: ['POST'] })['api.yaml']);
  assert.equal(await statusOf('POST'), 200);
  assert.equal(upstream.last.body, 'order');
});

test('an upstream that asks for a client certificate gets the one of the Secret, also after it was rotated', async () => {
  const authority = new TestAuthority();
  const server = createTlsServer(
    { ...authority.server({ dns: ['localhost'] }), ca: authority.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const tls = { trustedCAs: [authority.ca], clientCertificate: { fromSecret: 'robot' } };
  const gateway = await GatewayProcess.start({
    files: { 'api.yaml': yaml(service('api', { isAnonymous: true, config: { upstream: { url }, tls } })) },
  });
  const missing = await gateway.ask('api');
  assert.deepEqual([missing.status, missing.reason], [502, 'credential-unavailable']);
  for (const [verb, name] of [
    ['create', 'robot one'],
    ['update', 'robot two'],
  ] as const) {
    const { cert, key } = authority.client({ subject: [['CN', name]] });
    await gateway.command([verb, 'secret', 'robot', '--file', '-'], `${cert}${key}`);
    const { status, body } = await gateway.ask('api');
    assert.deepEqual([status, body], [200, name]);
  }
});
