/** A debug token tells operators what decided. Nobody else learns it, and no upstream or condition sees the token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { bearer, open, policy, service, workload, yaml } from '../support/resources.ts';

const SPOOF = 'id="x", effect=allow';
const upstream = await RecordingUpstream.start('upstream', {
  answer: (_, response) => response.setHeader('x-ostiary-decision', SPOOF).end('ok'),
});
const match = 'has(ctx.request.http.headersAll["x-ostiary-debug"])';
const RESOURCES = yaml(
  workload('robot'),
  policy('team', { name: 'gets', effect: 'ALLOW', condition: { match: 'ctx.request.http.method == "GET"' } }),
  policy('sees', { name: 'sees', effect: 'ALLOW', condition: { match } }),
  service('api', { authorization: { policies: ['team'] }, config: { upstream: { url: upstream.url } } }),
  service('sees', { authorization: { policies: ['sees'] }, config: { upstream: { url: upstream.url } } }),
  open('open', upstream.url),
);

async function start(workers: string) {
  const args = ['--workers', workers.charAt(0)];
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES }, args });
  const robot = bearer(await gateway.token('robot'));
  const token = (await gateway.command(['policy', 'debug-token'])).trim();
  return { workers, gateway, robot, token };
}

/** Of base64url: some of them decode to the same bytes at the end of a token. */
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];

const both = await Promise.all(['1 process', '2 processes'].map(start));

for (const { workers, gateway, robot, token } of both) {
  test(`an operator is told, and finds the request in the log (${workers})`, async () => {
    const allowed = await gateway.ask('api', '/a', { headers: { ...robot, 'x-ostiary-debug': token } });
    assert.equal(allowed.status, 200);
    const told = String(allowed.headers['x-ostiary-decision']);
    assert.match(
      told,
      /^id="[^"]+", effect=allow, reason=policy-allowed, policy="team", rule="gets", service="api", config="default", generation=\d+$/,
    );
    const id = /^id="([^"]+)"/.exec(told)?.[1];
    assert.equal((await gateway.logged(({ requestId }) => requestId === id)).decision?.rule, 'gets');
    const denied = await gateway.ask('api', '/a', { method: 'PUT', headers: { ...robot, 'x-ostiary-debug': token } });
    assert.equal(denied.status, 403);
    assert.match(String(denied.headers['x-ostiary-decision']), /effect=deny, reason=no-policy-match, service="api"/);
    const unknown = await gateway.ask('api', '/a', { headers: { 'x-ostiary-debug': token } });
    assert.match(String(unknown.headers['x-ostiary-decision']), /effect=deny, reason=unauthenticated/);
  });

  test(`the token reaches no upstream and no condition (${workers})`, async () => {
    const names = upstream.last.rawHeaders.map((name) => name.toLowerCase());
    assert.deepEqual(
      names.filter((name) => name.includes('debug')),
      [],
    );
    assert.ok(!JSON.stringify(upstream.last).includes(token));
    const seen = await gateway.ask('sees', '/', { headers: { ...robot, 'x-ostiary-debug': token } });
    assert.equal(seen.status, 403);
    assert.ok(!gateway.stdout.includes(token), 'nor the log');
  });

  test(`strangers are told nothing, whatever they send (${workers})`, async () => {
    const [, end = ''] = /^ost_debug_(\d+)_/.exec(token)!;
    const attempts: (string | readonly string[])[] = [
      '',
      'true',
      '1',
      token.slice(0, -1),
      ...LETTERS.filter((letter) => !token.endsWith(letter)).map((letter) => `${token.slice(0, -1)}${letter}`),
      token.replace(end, String(Number(end) + 3600)),
      [token, token],
      [token, 'x'],
      `${token}, ${token}`,
      robot.authorization!.slice('Bearer '.length),
    ];
    for (const attempt of attempts) {
      const answer = await gateway.ask('open', '/', { headers: { 'x-ostiary-debug': attempt } });
      assert.equal(answer.headers['x-ostiary-decision'], undefined, String(attempt));
    }
    for (const name of ['x_ostiary_debug', 'x-ostiary_debug', 'x-ostiary-debug-token']) {
      const answer = await gateway.ask('open', '/', { headers: { [name]: token } });
      assert.equal(answer.headers['x-ostiary-decision'], undefined, name);
    }
  });

  test(`a debug token opens nothing (${workers})`, async () => {
    for (const headers of [bearer(token), { 'x-ostiary-auth': token }]) {
      assert.equal((await gateway.ask('api', '/a', { headers })).status, 401);
    }
  });

  test(`upstreams cannot say what was decided (${workers})`, async () => {
    const answer = await gateway.ask('open', '/');
    assert.equal(answer.headers['x-ostiary-decision'], undefined);
    const told = await gateway.ask('open', '/', { headers: { 'x-ostiary-debug': token } });
    assert.match(String(told.headers['x-ostiary-decision']), /reason=anonymous/);
  });
}

test('tokens of one installation mean nothing to another', async () => {
  const one = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES } });
  const token = (await one.command(['policy', 'debug-token', '--expires-in', '1h'])).trim();
  const other = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES } });
  const answer = await other.ask('open', '/', { headers: { 'x-ostiary-debug': token } });
  assert.equal(answer.headers['x-ostiary-decision'], undefined);
});

test('how long a token lives is limited', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES } });
  const wrong = await gateway.run(['policy', 'debug-token', '--expires-in', '2h']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /an hour at most/);
  const made = JSON.parse(await gateway.command(['policy', 'debug-token', '-o', 'json'])) as { expiresAt: string };
  const left = Date.parse(made.expiresAt) - Date.now();
  assert.ok(left > 500_000 && left <= 600_000);
});
