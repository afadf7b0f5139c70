import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, service, workload, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const always = { matchAny: true };
const closed = (name: string, maintenance: object, plugin: object = {}) =>
  open(
    name,
    upstream.url,
    {},
    { plugins: [{ name: 'one', phase: 'PRE_AUTH', condition: always, maintenance, ...plugin }] },
  );

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      workload('tester'),
      closed('page', { retryAfter: { minutes: 30 } }),
      closed('bare', {}),
      closed('text', { message: 'Zurück um <12>', statusCode: 521, retryAfter: '1500ms' }),
      closed('off', {}, { isDisabled: true }),
      closed('address', {}, { condition: { match: 'ctx.request.http.path != "/open"' } }),
      service('guarded', {
        config: {
          upstream: { url: upstream.url },
          http: {
            plugins: [
              {
                name: 'one',
                condition: { not: 'ctx.user.metadata.name == "tester"' },
                maintenance: { retryAfter: '1m' },
              },
            ],
          },
        },
      }),
    ),
  },
});

test('without a message the gateway says it in the form that the caller reads', async () => {
  const { status, headers, reason } = await gateway.ask('page');
  assert.deepEqual([status, reason, headers['retry-after']], [503, 'maintenance', '1800']);
  const { headers: forPeople, body } = await gateway.ask('page', '/', { headers: { accept: 'text/html' } });
  assert.match(forPeople['content-type'] ?? '', /text\/html/);
  assert.match(body, /under maintenance/);
  assert.equal((await gateway.ask('bare')).headers['retry-after'], undefined);
});

test('a message is plain text, whatever it holds', async () => {
  const { status, headers, body } = await gateway.ask('text');
  assert.deepEqual([status, body, headers['retry-after']], [521, 'Zurück um <12>', '2']);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.equal(headers['cache-control'], 'no-store');
});

test('the condition says who gets through, and nobody else reaches the upstream', async () => {
  assert.equal((await gateway.ask('address', '/open')).status, 200);
  assert.equal((await gateway.ask('off')).status, 200);
  const received = upstream.received.length;
  assert.equal((await gateway.ask('address', '/OPEN')).reason, 'maintenance');
  const [robot, tester] = [await gateway.token('robot'), await gateway.token('tester')];
  const refused = await gateway.ask('guarded', '/', { headers: bearer(robot) });
  assert.deepEqual([refused.reason, refused.headers['retry-after']], ['maintenance', '60']);
  assert.equal(upstream.received.length, received);
  const passed = await gateway.ask('guarded', '/', { headers: bearer(tester) });
  assert.deepEqual([passed.status, passed.headers['retry-after']], [200, undefined]);
});

test('other refusals are not told to come back later', async () => {
  const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
  const before = await gateway.ask('page', '/', { method: 'OPTIONS', headers: preflight });
  assert.deepEqual([before.reason, before.headers['retry-after']], ['origin-refused', undefined]);
  const { status, headers } = await gateway.ask('guarded');
  assert.deepEqual([status, headers['retry-after']], [401, undefined]);
});

for (const [config, message] of [
  [{ statusCode: 500 }, /no effect without message/],
  [{ statusCode: 200, message: 'x' }, /statusCode/],
  [{ retryAfter: 'soon' }, /duration/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(closed('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
