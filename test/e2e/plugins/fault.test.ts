import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { status as grpcStatus } from '@grpc/grpc-js';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { isError, ParrotClient, ParrotServer } from '../../support/grpc-parrot.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, type Document, open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const parrot = await ParrotServer.start();

const ALLOWED = ['--allow-fault-injection-that-breaks-requests-on-purpose'];
const EVERYTHING = { matchAny: true };
const http = (fault: object, condition: object = EVERYTHING) => ({ plugins: [{ name: 'bad-day', condition, fault }] });
const failing = (name: string, fault: object, condition?: object): Document =>
  open(name, upstream.url, {}, http(fault, condition));
const rpc = (name: string, fault: object): Document =>
  service(name, {
    mode: 'GRPC',
    isAnonymous: true,
    config: { upstream: { url: `grpc://127.0.0.1:${parrot.port}` }, http: http(fault) },
  });
const LONG = { percent: 100, duration: '60s' };

const files = {
  'all.yaml': yaml(
    ALLOW_ALL,
    failing('aborts', { abort: { percent: 100 } }),
    failing('teapot', { abort: { percent: 100, status: 418 } }, { match: '"x-bad-day" in ctx.request.http.headers' }),
    failing('half', { abort: { percent: 50 } }),
    failing('never', { abort: { percent: 0 }, delay: { percent: 0, duration: '60s' } }),
    failing('waits', { delay: { percent: 100, duration: '20ms' }, abort: { percent: 100 } }),
    failing('waits-only', { delay: { percent: 100, duration: '20ms' } }),
    failing('endless', { delay: LONG }),
    service('private', { config: { upstream: { url: upstream.url }, http: http({ abort: { percent: 100 } }) } }),
    rpc('rpc', { abort: { percent: 100, grpcStatus: 8 } }),
    rpc('rpc-usual', { abort: { percent: 100 } }),
  ),
};
const gateway = await GatewayProcess.start({ files, args: [...ALLOWED, '--workers', '2', '--drain', '200ms'] });

test('what fails is marked as made, and no upstream is asked', async () => {
  const { status, reason, headers, body } = await gateway.ask('aborts', '/', { method: 'POST', body: 'x' });
  assert.deepEqual([status, reason, headers['x-ostiary-fault']], [503, 'fault-injected', 'abort']);
  assert.deepEqual([headers['cache-control'], body], ['no-store', 'This failure was made on purpose, as a test.\n']);
  const entry = await gateway.logged((line) => line.service === 'aborts');
  assert.deepEqual([entry.reason, entry.detail, entry.status], ['fault-injected', 'bad-day', 503]);
  assert.equal(upstream.received.length, 0);
});

test('the condition says which requests fail', async () => {
  assert.equal((await gateway.ask('teapot')).status, 200);
  const { status, reason } = await gateway.ask('teapot', '/', { headers: { 'x-bad-day': '1' } });
  assert.deepEqual([status, reason], [418, 'fault-injected']);
});

test('a part of all requests fails, and of 0 % none', async () => {
  const statuses = async (host: string) => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => gateway.ask(host)));
    return [...new Set(answers.map(({ status }) => status))].sort();
  };
  assert.deepEqual(await statuses('half'), [200, 503]);
  assert.deepEqual(await statuses('never'), [200]);
});

test('what waits goes on, or fails, and says so', async () => {
  const late = await gateway.ask('waits-only');
  assert.deepEqual([late.status, late.headers['x-ostiary-fault'], late.reason], [200, 'delay;ms=20', null]);
  const failed = await gateway.ask('waits');
  assert.deepEqual([failed.status, failed.headers['x-ostiary-fault']], [503, 'abort, delay;ms=20']);
});

test('who may not come in is refused as ever', async () => {
  const { status, reason, headers } = await gateway.ask('private');
  assert.deepEqual([status, reason, headers['x-ostiary-fault']], [401, 'unauthenticated', undefined]);
});

test('callers of gRPC get a status of theirs', async () => {
  for (const [host, code] of [
    ['rpc', grpcStatus.RESOURCE_EXHAUSTED],
    ['rpc-usual', grpcStatus.UNAVAILABLE],
  ] as const) {
    const said = await new ParrotClient(gateway.port, `${host}.${DOMAIN}`).say({ text: 'a' });
    assert.equal(isError(said) ? said.code : 0, code);
  }
});

function head(host: string): string {
  return `GET / HTTP/1.1\r\nHost: ${host}.${DOMAIN}:${gateway.port}\r\n\r\n`;
}

async function oneUnderWay(): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { body } = await gateway.admin('/metrics');
    if (/^ostiary_active_requests 1$/m.test(body)) return;
  }
  assert.fail('the request never came');
}

test('a wait ends when the client goes away, and when the gateway does', async () => {
  const before = upstream.received.length;
  const gone = connect(gateway.port, '127.0.0.1');
  gone.write(head('endless'));
  await oneUnderWay();
  gone.resetAndDestroy();
  const entry = await gateway.logged((line) => line.service === 'endless');
  assert.deepEqual([entry.reason, entry.status], ['client-gone', 499]);
  const waiting = connect(gateway.port, '127.0.0.1');
  waiting.on('error', () => {}).write(head('endless'));
  await new Promise((resolve) => waiting.once('connect', resolve));
  assert.equal(await gateway.stop(), 0);
  waiting.destroy();
  assert.equal(upstream.received.length, before);
});

test('an installation that has not asked for it serves none of it', async () => {
  const other = await GatewayProcess.start({
    files: { 'all.yaml': yaml(failing('aborts', { abort: { percent: 0 } })) },
  });
  assert.match(other.stderr, /all\.yaml:\d+:\d+: error: .*breaks no requests on purpose.*--allow-fault-injection/s);
  assert.equal((await other.ask('aborts')).reason, 'service-broken');
});

for (const [document, message] of [
  [failing('wrong', {}), /neither aborts nor delays/],
  [failing('wrong', { abort: { percent: 101 } }), /expected 0 to 100/],
  [failing('wrong', { abort: { percent: 1, status: 200 } }), /expected 400 to 599/],
  [failing('wrong', { abort: { percent: 1, grpcStatus: 14 } }), /mode GRPC.*use status/],
  [rpc('wrong', { abort: { percent: 1, status: 503 } }), /use grpcStatus/],
  [failing('wrong', { delay: { percent: 1, duration: '61s' } }), /more than a minute/],
] as const) {
  test(`is refused with its place: ${message.source}`, async () => {
    const said = await mistakesIn(yaml(document));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
