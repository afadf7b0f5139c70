import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, open, service, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream', {
  answer: ({ url }, response) => {
    response.writeHead(Number(url.slice(1)), { 'x-kept': '1' }).end('body');
  },
});
const listed = (changes: object[], more: object[] = []) => ({
  plugins: [{ name: 'hidden', condition: { matchAny: true }, statusCode: { changes } }, ...more],
});
const CHANGES = [
  { from: 403, to: 404 },
  { from: 404, to: 410 },
];
const BUSY = { name: 'busy', condition: { match: 'ctx.request.http.path == "/busy"' }, direct: { statusCode: 403 } };

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      open('app', upstream.url, {}, listed(CHANGES, [BUSY])),
      service('guarded', { config: { upstream: { url: upstream.url }, http: listed([{ from: 403, to: 200 }]) } }),
      {
        kind: 'User',
        metadata: { name: 'nobody' },
        spec: { type: 'WORKLOAD', authorization: { policies: ['deny-all'] } },
      },
    ),
  },
});

for (const [path, status] of [
  ['/403', 404],
  ['/404', 410],
  ['/200', 200],
  ['/busy', 404],
] as const) {
  test(`${path} is answered with ${status}`, async () => {
    const answer = await gateway.ask('app', path);
    assert.equal(answer.status, status);
    if (path !== '/busy') assert.deepEqual([answer.body, answer.headers['x-kept']], ['body', '1']);
  });
}

test('what the gateway refuses keeps its status', async () => {
  const token = await gateway.token('nobody');
  const { status } = await gateway.ask('guarded', '/200', { headers: { authorization: `Bearer ${token}` } });
  assert.equal(status, 403);
});

for (const [change, said] of [
  [{ from: 403, to: 204 }, /204 means more than a number/],
  [{ from: 304, to: 200 }, /304 means more than a number/],
  [{ from: 99, to: 200 }, /from/],
] as const) {
  test(`${JSON.stringify(change)} is a mistake`, async () => {
    assert.match(await mistakesIn(yaml(open('app', upstream.url, {}, listed([change])))), said);
  });
}

test('so is the same status twice, and a Service of mode GRPC', async () => {
  const twice = [CHANGES[0]!, { from: 403, to: 500 }];
  assert.match(await mistakesIn(yaml(open('app', upstream.url, {}, listed(twice)))), /403 becomes something already/);
  const calls = open('calls', 'grpc://127.0.0.1:1', { mode: 'GRPC' }, listed(CHANGES));
  assert.match(await mistakesIn(yaml(calls)), /answers of gRPC have the status 200/);
});
