import assert from 'node:assert/strict';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { createDemoCertificates } from '../../../../src/dev/demo-certificates.ts';
import { DEFAULT_HEALTH_CHECK, type HealthCheckSpec, type UpstreamSpec } from '../../../../src/upstream/spec.ts';
import { until } from '../../../security/support.ts';
import { answer, scripted } from '../fake-transport.ts';
import { exchangeWith, startServer, textOf } from '../support.ts';

const QUICK: HealthCheckSpec = { ...DEFAULT_HEALTH_CHECK, kind: 'http', interval: 5, timeout: 2000 };

/** An upstream with checks that run; `said` is what it tells of its endpoints. */
function checked(t: TestContext, url: string, change: Partial<HealthCheckSpec>, more: Partial<UpstreamSpec> = {}) {
  const said: string[] = [];
  const balance = { endpoints: [{ url }], policy: 'random' as const, healthCheck: { ...QUICK, ...change } };
  const { upstream } = scripted({ balance, ...more }, (attempt) => answer(attempt), {
    warn: (message) => void said.push(message),
  });
  t.after(() => upstream.close());
  upstream.start();
  const isUp = async () => 'status' in (await upstream.forward(exchangeWith()));
  return { upstream, said, isUp };
}

async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

async function portOfNobody(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('HTTP: the path is asked for, and the endpoint goes down and comes back with the answers', async (t) => {
  let status = 200;
  await using server = await startServer((_request, response) => response.writeHead(status).end('body'));
  const { upstream, said, isUp } = checked(t, `http://127.0.0.1:${server.port}`, { path: '/healthz?deep=1' });
  await until(() => server.requests.length > 3);
  assert.equal(await isUp(), true);
  assert.equal(server.requests[0]?.url, '/healthz?deep=1');
  assert.equal(server.requests[0]?.headers.host, `127.0.0.1:${server.port}`);
  status = 500;
  await until(() => said.length === 1);
  assert.equal(said[0], `http://127.0.0.1:${server.port} is down: it answered 500`);
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unhealthy/);
  status = 204;
  await until(() => said.length === 2);
  assert.equal(await isUp(), true);
});

test('the first look decides by itself; later ones need their number in a row', async (t) => {
  const answers = [500, 200, 500, 200, 500, 500, 200];
  const seen: string[] = [];
  let asked = 0;
  await using server = await startServer((_request, response) => {
    response.writeHead(answers[Math.min(asked++, answers.length - 1)]!).end();
    seen.push(said.join());
  });
  const url = `http://127.0.0.1:${server.port}`;
  const { said } = checked(t, url, { unhealthyThreshold: 2, healthyThreshold: 1 });
  await until(() => asked > answers.length && said.length === 4);
  const down = `${url} is down: it answered 500`;
  assert.deepEqual(said, [down, `${url} is up again`, down, `${url} is up again`]);
  // One 500 between two good answers changed nothing.
  assert.equal(seen[3], [down, `${url} is up again`].join());
});

test('HTTP: what counts as healthy can be said', async (t) => {
  await using server = await startServer((_request, response) => response.writeHead(401).end());
  const { said, isUp } = checked(t, `http://127.0.0.1:${server.port}`, { expectedStatus: [200, 401] });
  await until(() => server.requests.length > 3);
  assert.deepEqual(said, []);
  assert.equal(await isUp(), true);
});

test('HTTP over TLS: the certificate is checked as for requests', async (t) => {
  const { ca, cert, key } = createDemoCertificates(['localhost']);
  await using server = await startServer((_request, response) => response.end(), { cert, key });
  const url = `https://localhost:${server.port}`;
  const trusted = checked(t, url, {}, { tls: { trustedCAs: [ca] } });
  await until(() => server.requests.length > 3);
  assert.deepEqual(trusted.said, []);
  const strange = checked(t, url, {});
  await until(() => strange.said.length === 1);
  assert.match(strange.said[0]!, /is down: /);
});

test('an answer that does not come in time is a failure', async (t) => {
  const server = createTcpServer((socket) => void socket.on('error', () => {}).resume());
  const port = await listening(t, server);
  const { said } = checked(t, `http://127.0.0.1:${port}`, { timeout: 20 });
  await until(() => said.length === 1);
  assert.match(said[0]!, /did not answer in time/);
});

test('an answer that is not HTTP is a failure', async (t) => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('220 mail.example ESMTP\r\n'));
  });
  const port = await listening(t, server);
  const { said } = checked(t, `http://127.0.0.1:${port}`, {});
  await until(() => said.length === 1);
  assert.match(said[0]!, /not HTTP/);
});

test('TCP: a connection is enough', async (t) => {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections++;
    socket.on('error', () => {});
    socket.resume();
  });
  const port = await listening(t, server);
  const good = checked(t, `http://127.0.0.1:${port}`, { kind: 'tcp' });
  await until(() => connections > 3);
  assert.deepEqual(good.said, []);
  const bad = checked(t, `http://127.0.0.1:${await portOfNobody()}`, { kind: 'tcp' });
  await until(() => bad.said.length === 1);
  assert.match(bad.said[0]!, /ECONNREFUSED/);
});

test('HTTP/2: the path is asked for over a session', async (t) => {
  const paths: string[] = [];
  const server = createHttp2Server((request, response) => {
    paths.push(request.url);
    response.writeHead(request.url === '/ok' ? 200 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise((resolve) => server.close(resolve)));
  const url = `h2c://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const good = checked(t, url, { path: '/ok' });
  await until(() => paths.length > 3);
  assert.deepEqual(good.said, []);
  const bad = checked(t, url, { path: '/other' });
  await until(() => bad.said.length === 1);
  assert.match(bad.said[0]!, /it answered 503/);
  await Promise.all([good.upstream.close(), bad.upstream.close()]);
});

test('gRPC: the health protocol is spoken, for the server and for one service', async (t) => {
  const health = new HealthImplementation({ '': 'SERVING', 'shop.Orders': 'NOT_SERVING' });
  const server = new GrpcServer();
  health.addToServer(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  t.after(() => server.forceShutdown());
  const url = `grpc://127.0.0.1:${port}`;
  const { said, isUp } = checked(t, url, { kind: 'grpc' });
  const orders = checked(t, url, { kind: 'grpc', service: 'shop.Orders' });
  await until(() => orders.said.length === 1);
  assert.match(orders.said[0]!, /is down: it is not serving/);
  health.setStatus('shop.Orders', 'SERVING');
  await until(() => orders.said.length === 2);
  assert.deepEqual(said, []);
  assert.equal(await isUp(), true);
  const unknown = checked(t, url, { kind: 'grpc', service: 'shop.Nothing' });
  await until(() => unknown.said.length === 1);
  assert.match(unknown.said[0]!, /grpc-status 5/);
});

test('closing ends the checks, also one that is under way', async (t) => {
  const sockets = new Set<unknown>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.resume().once('close', () => sockets.delete(socket));
  });
  const port = await listening(t, server);
  const { upstream, said } = checked(t, `http://127.0.0.1:${port}`, { timeout: 60_000 });
  await until(() => sockets.size === 1);
  await upstream.close();
  await until(() => sockets.size === 0);
  assert.deepEqual(said, []);
});

test('an upstream that was not started looks at nothing', async (t) => {
  await using server = await startServer((_request, response) => response.end());
  const balance = {
    endpoints: [{ url: `http://127.0.0.1:${server.port}` }],
    policy: 'random' as const,
    healthCheck: QUICK,
  };
  const { upstream } = scripted({ balance }, (attempt) => answer(attempt));
  t.after(() => upstream.close());
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.timers.tick(10_000);
  assert.equal(server.requests.length, 0);
});
