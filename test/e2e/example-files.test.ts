import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startExampleUpstreams } from '../support/example-upstreams.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { ALLOW_ALL, bearer, group, workload, yaml } from '../support/resources.ts';

/** Who may use what; the examples say nothing of it. */
const USERS = yaml(
  ALLOW_ALL,
  group('prod'),
  group('dev'),
  workload('prod-bot', { groups: ['prod'] }),
  workload('dev-bot', { groups: ['dev'] }),
);

const upstreams = await startExampleUpstreams();

function example(name: string): string {
  return fileURLToPath(new URL(`../../deploy/examples/octelium/${name}.yaml`, import.meta.url));
}

function serve(name: string): Promise<GatewayProcess> {
  const args = ['-f', example(name), ...upstreams.args];
  return GatewayProcess.start({ files: { 'users.yaml': USERS }, args, env: upstreams.env });
}

function receivedSoFar(): number {
  return upstreams.v1.received.length + upstreams.v2.received.length;
}

test('api-by-path.yaml: the path chooses the upstream', async () => {
  const gateway = await serve('api-by-path');
  const headers = bearer(await gateway.token('prod-bot'));
  assert.equal((await gateway.ask('my-api', '/v1/x', { headers })).headers['x-upstream'], 'v1');
  assert.equal(upstreams.v1.last.url, '/x');
  assert.equal(upstreams.v1.last.headers.host, 'apiv1.example.com');
  assert.equal((await gateway.ask('my-api', '/v2/x?a=1', { headers })).headers['x-upstream'], 'v2');
  assert.equal(upstreams.v2.last.url, '/x?a=1');

  const received = receivedSoFar();
  const answer = await gateway.ask('my-api', '/v3', { headers });
  assert.deepEqual([answer.status, answer.reason], [502, 'no-config']);
  assert.equal(receivedSoFar(), received);
});

test('api-by-group.yaml: the group of the user chooses the upstream', async () => {
  const gateway = await serve('api-by-group');
  for (const [user, upstream] of [
    ['prod-bot', 'v1'],
    ['dev-bot', 'v2'],
  ] as const) {
    const answer = await gateway.ask('my-api', '/x', { headers: bearer(await gateway.token(user)) });
    assert.equal(answer.headers['x-upstream'], upstream);
  }
  const received = receivedSoFar();
  const stranger = await gateway.ask('my-api', '/x');
  assert.deepEqual([stranger.status, stranger.reason], [401, 'unauthenticated']);
  assert.equal(receivedSoFar(), received);
});

test('api-with-upstream-credentials.yaml: each upstream gets its own token, and nothing without it', async () => {
  const gateway = await serve('api-with-upstream-credentials');
  const headers = bearer(await gateway.token('dev-bot'));
  const received = receivedSoFar();
  const early = await gateway.ask('my-api', '/v1/x', { headers });
  assert.deepEqual([early.status, early.reason], [502, 'credential-unavailable']);
  assert.equal(receivedSoFar(), received);

  await gateway.command(['create', 'secret', 'access-token-1', '--value', 'first-upstream-token']);
  await gateway.command(['create', 'secret', 'access-token-2'], 'second-upstream-token\n');
  await gateway.ask('my-api', '/v1/x', { headers });
  assert.equal(upstreams.v1.last.headers.authorization, 'Bearer first-upstream-token');
  await gateway.ask('my-api', '/v2/x', { headers });
  assert.equal(upstreams.v2.last.headers.authorization, 'Bearer second-upstream-token');

  await gateway.command(['update', 'secret', 'access-token-1', '--value', 'another-upstream-token']);
  await gateway.ask('my-api', '/v1/x', { headers });
  assert.equal(upstreams.v1.last.headers.authorization, 'Bearer another-upstream-token');
});

test('api-from-containers.yaml: accepted with a warning, and its Service says what it waits for', async () => {
  const gateway = await serve('api-from-containers');
  assert.match(gateway.stderr, /api-from-containers\.yaml:\d+:\d+: warning: .*container/);
  const answer = await gateway.ask('my-api', '/v1/x', { headers: bearer(await gateway.token('dev-bot')) });
  assert.deepEqual([answer.status, answer.reason], [503, 'service-broken']);
  const entry = await gateway.logged(({ requestId }) => requestId === answer.requestId);
  assert.match(entry.detail ?? '', /container/);
});

test('api-from-containers.yaml by apply: accepted with a warning too', async () => {
  const gateway = await GatewayProcess.start({ files: { 'users.yaml': USERS } });
  const { code, out, err } = await gateway.run(['apply', example('api-from-containers')]);
  assert.equal(code, 0, err);
  assert.match(out, /^\+ create Service\/my-api$/m);
  assert.match(err, /warning: .*container/);
  const answer = await gateway.ask('my-api', '/v1/x');
  assert.deepEqual([answer.status, answer.reason], [503, 'service-broken']);
});
