import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, open, policy, service, workload, yaml } from '../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');

/** Tells the upstream who asks. */
const WHO = { header: { addRequestHeaders: [{ key: 'X-User', eval: 'ctx.user.metadata.name' }] } };

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      workload('robot'),
      workload('other'),
      { kind: 'User', metadata: { name: 'alice' }, spec: { type: 'HUMAN', email: 'alice@example.com' } },
      service('api', { config: { upstream: { url: upstream.url }, http: WHO } }),
      service('second', { config: { upstream: { url: upstream.url }, http: WHO } }),
      open('open', upstream.url),
      policy('no-deletes', {
        name: 'deletes',
        effect: 'DENY',
        condition: { match: 'ctx.request.http.method == "DELETE"' },
      }),
    ),
  },
});

const robot = await gateway.token('robot', { name: 'robot-token' });
const other = await gateway.token('other', { name: 'other-token' });

/** The user that the upstream was told, or the refusal. */
function who({ status, reason, body }: Answer): string {
  return status === 200 ? String(JSON.parse(body).headers['x-user']) : `${status} ${reason}`;
}

async function asks(headers: Record<string, string>, host = 'api', method = 'GET'): Promise<string> {
  return who(await gateway.ask(host, '/', { headers, method }));
}

/** What `create credential` prints with `-o json`. */
async function create(...args: string[]): Promise<{ name: string; token: string; expiresAt: string }> {
  return JSON.parse(await gateway.command(['create', 'credential', ...args, '-o', 'json']));
}

test('create credential gives a token that works, once, for workloads only', async () => {
  const { name, token, expiresAt } = await create('first', '--user', 'robot');
  assert.equal(name, 'first');
  assert.ok(Date.parse(expiresAt) > Date.now());
  assert.equal(await asks(bearer(token)), 'robot');
  assert.ok(!(await gateway.command(['get', 'credential', 'first', '-o', 'yaml'])).includes(token));

  const refusals = [
    [['create', 'credential', 'first', '--user', 'robot'], /exists already/],
    [['create', 'credential', 'of-alice', '--user', 'alice'], /HUMAN/],
    [['create', 'credential', 'of-nobody', '--user', 'nobody'], /there is no User\/nobody/],
    [['create', 'credential', 'of-whom'], /--user/],
    [['create', 'credential', 'wrong', '--user', 'robot', '--type', 'password'], /unknown type/],
    [['create', 'credential', 'wrong', '--user', 'robot', '--one-time', '--type', 'oauth2'], /for auth tokens/],
    [['create', 'credential', 'wrong', '--user', 'robot', '--overlap', '1h'], /goes with --rotate/],
    [['create', 'credential', 'wrong', '--user', 'robot', '--expires-in', 'soon'], /not a duration/],
    [['create', 'credential', 'wrong', '--user', 'robot', '--policy', 'missing'], /missing/],
  ] as const;
  for (const [args, message] of refusals) {
    const { code, out, err } = await gateway.run([...args]);
    assert.deepEqual([code, out], [1, ''], args.join(' '));
    assert.match(err, message);
  }
});

const INVALID = `ost_${'x'.repeat(43)}`;

const ORDER: readonly (readonly [what: string, headers: Record<string, string>, expected: string])[] = [
  ['Authorization', bearer(robot), 'robot'],
  ['X-Ostiary-Auth', { 'x-ostiary-auth': robot }, 'robot'],
  ['X-Ostiary-Auth before Authorization', { 'x-ostiary-auth': other, ...bearer(robot) }, 'other'],
  [
    'an invalid X-Ostiary-Auth before Authorization',
    { 'x-ostiary-auth': INVALID, ...bearer(robot) },
    '401 token-invalid',
  ],
  ['an invalid cookie before Authorization', { cookie: 'ostiary-session=x', ...bearer(robot) }, '401 session-unknown'],
  ['X-Ostiary-Auth before an invalid cookie', { cookie: 'ostiary-session=x', 'x-ostiary-auth': robot }, 'robot'],
  ["a cookie of somebody else's", { cookie: 'session=x', ...bearer(robot) }, 'robot'],
  ['a token in the cookie', { cookie: `ostiary-session=${robot}` }, '401 session-unknown'],
  ['an invalid token', bearer(INVALID), '401 token-invalid'],
  ['a foreign token', bearer('eyJhbGciOiJub25lIn0.e30.'), '401 token-invalid'],
  ['no token', bearer(''), '401 token-invalid'],
  ['another scheme', { authorization: 'Basic dTpw' }, '401 unauthenticated'],
  ['nothing', {}, '401 unauthenticated'],
];

for (const [what, headers, expected] of ORDER) {
  test(`${what}: ${expected}`, async () => assert.equal(await asks(headers), expected));
}

test('a token never reaches an upstream, whatever Service is asked', async () => {
  for (const host of ['api', 'open']) {
    await gateway.ask(host, '/', { headers: { 'x-ostiary-auth': robot, ...bearer(robot), 'x-here': host } });
    assert.equal(upstream.last.headers['x-here'], host);
    assert.ok(!JSON.stringify(upstream.last).includes(robot), host);
  }
});

test('--scope narrows a token to the Services that it names', async () => {
  const { token } = await create('narrow', '--user', 'robot', '--scope', 'service:second');
  assert.equal(await asks(bearer(token), 'second'), 'robot');
  assert.equal(await asks(bearer(token)), '403 scope-insufficient');
});

test('a --scope that is none is refused, and one that no Service accepts is told', async () => {
  const run = (name: string, scope: string) =>
    gateway.run(['create', 'credential', name, '--user', 'robot', '--scope', scope]);
  const none = await run('mistyped', 'servce:second');
  assert.deepEqual([none.code, none.out], [1, '']);
  assert.match(none.err, /"servce:second" is not a scope \(such as /);
  assert.equal((await gateway.run(['get', 'credential', 'mistyped'])).code, 1, 'nothing was made');
  const unknown = await run('early', 'service:secnd');
  assert.equal(unknown.code, 0);
  assert.equal(
    unknown.err,
    'ostiary: warning: no Service accepts the scope "service:secnd" (did you mean "service:second"?)\n',
  );
  assert.equal((await run('known', 'service:default/*')).err, '');
});

test('--policy holds for the token alone', async () => {
  const { token } = await create('careful', '--user', 'robot', '--policy', 'no-deletes');
  assert.equal(await asks(bearer(token), 'api', 'DELETE'), '403 policy-denied');
  assert.equal(await asks(bearer(token)), 'robot');
  assert.equal(await asks(bearer(robot), 'api', 'DELETE'), 'robot');
});

test('--expires-in ends a token', async () => {
  const { token, expiresAt } = await create('short', '--user', 'robot', '--expires-in', '300ms');
  const end = Date.parse(expiresAt);
  while (Date.now() <= end) await new Promise((resolve) => setTimeout(resolve, end - Date.now() + 5));
  assert.equal(await asks(bearer(token)), '401 token-invalid');
});

test('--rotate gives another token and ends the one before', async () => {
  const { token } = await create('rotated', '--user', 'robot');
  assert.equal(await asks(bearer(token)), 'robot');
  const next = await create('rotated', '--user', 'robot', '--rotate');
  assert.equal(await asks(bearer(token)), '401 token-invalid');
  assert.equal(await asks(bearer(next.token)), 'robot');
});

test('a revoked session is refused from the next request on', async () => {
  const { token } = await create('revoked', '--user', 'robot');
  assert.equal(await asks(bearer(token)), 'robot');
  const entry = await gateway.logged(({ user, session }) => user === 'robot' && session !== null);
  assert.match(
    await gateway.command(['sessions', 'list', '--user', 'robot']),
    new RegExp(`^${entry.session}  robot  `, 'm'),
  );
  const sessions = JSON.parse(await gateway.command(['sessions', 'list', '--user', 'robot', '-o', 'json']));
  const newest = sessions.find(
    ({ status }: { status: { credentialRef?: { name: string } } }) => status.credentialRef?.name === 'revoked',
  );
  await gateway.command(['sessions', 'revoke', newest.metadata.uid]);
  assert.equal(await asks(bearer(token)), '401 token-invalid');
  assert.equal(await asks(bearer(robot)), 'robot');
  assert.equal((await gateway.run(['sessions', 'revoke', newest.metadata.uid])).code, 1);
});

test('a token and its Credential end with their user', async () => {
  await gateway.command(['create', 'user', 'brief', '--type', 'WORKLOAD']);
  const { token } = await create('of-brief', '--user', 'brief');
  assert.equal(await asks(bearer(token)), 'brief');
  const plan = await gateway.command(['delete', 'user', 'brief']);
  assert.equal(plan, '- delete User/brief\n- delete Credential/of-brief\n');
  assert.equal(await asks(bearer(token)), '401 token-invalid');
  await gateway.command(['create', 'user', 'brief', '--type', 'WORKLOAD']);
  assert.equal(await asks(bearer(token)), '401 token-invalid');
});

test('a disabled user is refused', async () => {
  const disabled = (isDisabled: boolean) => yaml(workload('sleeper', { isDisabled }));
  await gateway.command(['apply', '-'], disabled(false));
  const { token } = await create('of-sleeper', '--user', 'sleeper');
  assert.equal(await asks(bearer(token)), 'sleeper');
  await gateway.command(['apply', '-'], disabled(true));
  assert.equal(await asks(bearer(token)), '403 user-disabled');
});

test('programs get 401 as JSON with the request id, and no redirect', async () => {
  const answers = [
    await gateway.ask('api', '/', { headers: { accept: 'application/json' } }),
    await gateway.ask('api', '/', { headers: { accept: 'text/html', 'sec-fetch-mode': 'cors' } }),
    await gateway.ask('api', '/', { headers: { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' } }),
    await gateway.ask('api', '/', { headers: { accept: 'text/html' }, method: 'POST', body: 'x' }),
  ];
  for (const { status, headers, body, requestId } of answers) {
    assert.equal(status, 401);
    assert.equal(headers.location, undefined);
    assert.equal(headers['content-type'], 'application/problem+json');
    assert.match(String(headers['www-authenticate']), /Bearer/);
    const problem = JSON.parse(body);
    assert.deepEqual([problem.reason, problem.requestId], ['unauthenticated', requestId]);
  }
});

test('a token ends with its Credential, deleted or pruned', async () => {
  const endings = [
    ['delete', 'credential', 'ending'],
    ['apply', '-', '--prune', '--include', 'Credential'],
  ];
  for (const ending of endings) {
    const { token } = await create('ending', '--user', 'other');
    assert.equal(await asks(bearer(token)), 'other');
    assert.match(await gateway.command(ending), /^- delete Credential\/ending$/m);
    assert.equal(await asks(bearer(token)), '401 token-invalid');
  }
});
