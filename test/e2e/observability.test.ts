import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AccessEntry } from '../../src/telemetry/access-entry.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, policy, service, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const upstream = await RecordingUpstream.start('upstream', { answer: (_, response) => response.end('12345') });

const RESOURCES = yaml(
  workload('robot'),
  policy('readers', { name: 'reads', effect: 'ALLOW', condition: { match: 'ctx.request.http.method == "GET"' } }),
  service('api', { authorization: { policies: ['readers'] }, config: { upstream: { url: upstream.url } } }),
  open('down', 'http://127.0.0.1:1'),
);

/** Every field of the log, in the order in which it stands there. */
const FIELDS = [
  ...['time', 'requestId', 'clientAddress', 'method', 'host', 'path', 'queryLength', 'httpVersion', 'status', 'reason'],
  ...[
    'detail',
    'decision',
    'service',
    'config',
    'user',
    'session',
    'credential',
    'upstream',
    'upstreamAddress',
    'durationMs',
  ],
  ...['upstreamMs', 'bytesReceived', 'bytesSent', 'aborted', 'userAgent', 'generation'],
];

/** Sends these bytes and gives everything that comes back until the connection is closed. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => void socket.write(bytes));
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

test('every exchange leaves one line, whatever became of it', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES } });
  const token = await gateway.token('robot');
  const headers = { ...bearer(token), 'user-agent': 'e2e/1' };
  const answers = [
    await gateway.ask('api', '/read?secret=1', { headers, body: 'abc' }),
    await gateway.ask('api', '/write', { headers, method: 'POST' }),
    await gateway.ask('api', '/who'),
    await gateway.ask('nothing', '/'),
    await gateway.ask('down', '/'),
    await gateway.ask('api', '/a/%00', { headers }),
  ];
  assert.match(
    await sendRaw(gateway.port, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 400 /,
  );
  assert.match(await sendRaw(gateway.port, 'NOT HTTP AT ALL\r\n\r\n'), /^HTTP\/1\.1 400 /);
  await gateway.stop();

  const log = gateway.accessLog;
  assert.equal(log.length, answers.length + 2);
  for (const entry of log) assert.deepEqual(Object.keys(entry), FIELDS);
  assert.deepEqual(
    log.map(({ status, reason }) => `${status} ${reason}`),
    [
      '200 null',
      '403 no-policy-match',
      '401 unauthenticated',
      '404 no-route',
      '502 upstream-unreachable',
      '400 bad-path',
      '400 bad-host',
      '400 bad-request',
    ],
  );
  for (const [i, { requestId }] of answers.entries())
    if (requestId !== null) assert.equal(log[i]?.requestId, requestId);
  assertRead(log[0]!);
  assert.deepEqual(log[1]?.decision, { effect: 'deny', reason: 'no-policy-match', policy: null, rule: null });
  assert.ok(!gateway.stdout.includes('secret'), 'a query is in the log');
});

function assertRead(entry: AccessEntry): void {
  const { time, requestId, session, durationMs, upstreamMs, ...rest } = entry;
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.equal(upstream.last.headers['x-request-id'], requestId);
  assert.ok(session !== null && durationMs !== null && upstreamMs !== null && durationMs >= upstreamMs);
  assert.deepEqual(rest, {
    clientAddress: '127.0.0.1',
    method: 'GET',
    host: `api.${DOMAIN}`,
    path: '/read',
    queryLength: 8,
    httpVersion: '1.1',
    status: 200,
    reason: null,
    detail: null,
    decision: { effect: 'allow', reason: 'policy-allowed', policy: 'readers', rule: 'reads' },
    service: 'api',
    config: 'default',
    user: 'robot',
    credential: 'of-robot',
    upstream: upstream.url,
    upstreamAddress: `127.0.0.1:${upstream.port}`,
    bytesReceived: 3,
    bytesSent: 5,
    aborted: false,
    userAgent: 'e2e/1',
    generation: 2,
  });
}

test('--access-log PATH: the lines go to the file, and standard output stays empty', async () => {
  const path = join(temporaryDirectory(), 'access.log');
  const gateway = await GatewayProcess.start({ args: ['--access-log', path] });
  const { requestId } = await gateway.ask('nothing');
  assert.equal(await gateway.stop(), 0);
  assert.equal(JSON.parse(readFileSync(path, 'utf8')).requestId, requestId);
  assert.equal(gateway.stdout, '');
});

test('health and metrics are on the admin listener and on no other', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': `${yaml(ALLOW_ALL)}---\n${RESOURCES}` } });
  await gateway.ask('down');
  for (const path of ['/healthz', '/readyz', '/startupz', '/metrics']) {
    assert.equal((await gateway.admin(path)).status, 200, path);
    for (const host of [DOMAIN, '127.0.0.1', `nothing.${DOMAIN}`]) {
      assert.equal((await gateway.ask(host, path)).status, 404, `${host}${path}`);
    }
  }
  const { body } = await gateway.admin('/metrics');
  assert.match(body, /^ostiary_requests_total\{service="down",status_class="5xx",reason="upstream-unreachable"\} 1$/m);
  assert.match(body, /^ostiary_generation 1$/m);
  assert.match(body, /^ostiary_config_reloads_total\{result="applied"\} 1$/m);
  assert.equal((await gateway.admin('/nothing')).status, 404);
});

test('keys rotate while it runs: injected credentials stay right, also after a restart', async () => {
  const injecting = service('injecting', {
    isAnonymous: true,
    config: { upstream: { url: upstream.url }, http: { auth: { bearer: { fromSecret: 'upstream-key' } } } },
  });
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(injecting) } });
  await gateway.command(['create', 'secret', 'upstream-key', '--value', 'stays-the-same']);
  const injected = async (process: GatewayProcess) => {
    assert.equal((await process.ask('injecting')).status, 200);
    return upstream.last.headers.authorization;
  };
  assert.equal(await injected(gateway), 'Bearer stays-the-same');
  assert.match(await gateway.command(['keys', 'rotate']), /^key \S+ is current; 1 secrets are sealed with it$/m);
  assert.equal(await injected(gateway), 'Bearer stays-the-same');
  assert.equal(await gateway.stop(), 0);
  assert.equal(await injected(await gateway.again()), 'Bearer stays-the-same');
});
