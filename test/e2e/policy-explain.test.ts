/** `policy explain`, on files and on a running gateway. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminClient } from '../../src/admin/client.ts';
import type { Explanation, ReachAnswer } from '../../src/admin/explanation.ts';
import type { Io } from '../../src/cli/command.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import { policyExplainCommand } from '../../src/main/policy-explain.ts';
import { type CommandResult, ostiary } from '../support/command.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { bearer, group, policy, service, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const config = {
  upstream: { url: 'http://127.0.0.1:1' },
  http: { body: { mode: 'JSON' }, enableRequestBuffering: true },
};
const RESOURCES = yaml(
  group('ops'),
  workload('robot', { groups: ['ops'] }),
  workload('drone'),
  policy(
    'team',
    { name: 'ops', effect: 'ALLOW', condition: { match: '"ops" in ctx.user.spec.groups' } },
    { name: 'late', effect: 'DENY', priority: -1, condition: { match: 'ctx.request.time.getHours() >= 22' } },
    { name: 'near', effect: 'ALLOW', condition: { match: 'net.isIPInRange(ctx.request.ip, "10.0.0.0/8")' } },
    { name: 'body', effect: 'ALLOW', condition: { match: 'ctx.request.http.bodyMap.ok == true' } },
    { name: 'header', effect: 'ALLOW', condition: { match: 'ctx.request.http.headers["x-pass"] == "1"' } },
  ),
  service('api', { authorization: { policies: ['team'] }, config }),
  service('desk', { isDisabled: true, config }),
);

const directory = temporaryDirectory();
const file = join(directory, 'all.yaml');
writeFileSync(file, RESOURCES);
writeFileSync(join(directory, 'body.json'), '{"ok": true}');

const gateway = await GatewayProcess.start({ files: { 'all.yaml': RESOURCES } });

/** The command in this process: starting one takes longer than its answer. */
async function explain(...args: readonly string[]): Promise<CommandResult> {
  const printed = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    env: {},
    readStdin: async () => Buffer.alloc(0),
    stdin: () => assert.fail('nothing is read from standard input'),
    write: async () => assert.fail('nothing is streamed'),
  };
  const command = policyExplainCommand((data) => adminClient(join(data, 'admin.sock')));
  const code = await runCommandLine([command], ['policy', 'explain', ...args], io);
  return { code, ...printed };
}

/** The same question to files and to the gateway. */
const WAYS: readonly (readonly [name: string, ask: typeof explain])[] = [
  ['files', (...args) => explain('-f', file, '--domain', DOMAIN, ...args)],
  ['a running gateway', (...args) => explain('--data', gateway.data, ...args)],
];
const REQUEST = ['--request', `GET https://api.${DOMAIN}/v1?a=b`, '--time', '2026-11-21T12:00:00Z'];

for (const [name, ask] of WAYS) {
  const explained = async (...args: string[]): Promise<Explanation> => {
    const { code, out, err } = await ask(...REQUEST, ...args, '-o', 'json');
    assert.deepEqual([code, err], [0, '']);
    return JSON.parse(out) as Explanation;
  };
  const ruleOf = async (...args: string[]) => {
    const { decision, reason } = await explained(...args);
    return decision?.rule ?? reason;
  };

  test(`${name}: who asks counts`, async () => {
    assert.equal(await ruleOf('--user', 'robot'), 'ops');
    assert.equal(await ruleOf('--user', 'drone'), 'no-policy-match');
    assert.equal(await ruleOf('--user', 'drone', '--group', 'ops'), 'ops');
    assert.equal(await ruleOf(), 'unauthenticated');
  });

  test(`${name}: what is asked counts`, async () => {
    assert.equal(await ruleOf('--user', 'drone', '--ip', '10.1.2.3'), 'near');
    assert.equal(await ruleOf('--user', 'robot', '--time', '2026-11-21T23:00:00Z'), 'late');
    assert.equal(await ruleOf('--user', 'drone', '-H', 'X-Pass: 1'), 'header');
    assert.equal(await ruleOf('--user', 'drone', '--body', '{"ok": true}'), 'body');
    assert.equal(await ruleOf('--user', 'drone', '--body', `@${join(directory, 'body.json')}`), 'body');
  });

  test(`${name}: the text says which rule decides`, async () => {
    const { code, out } = await ask(...REQUEST, '--user', 'robot');
    assert.equal(code, 0);
    assert.match(out, /^ALLOW {2}policy-allowed by team\/ops$/m);
    assert.match(out, /^ {2}> {2}team {4}ops {5}ALLOW {3}0 {9}match {8}[\d.]+ µs$/m);
    assert.match(out, /^ {4}ctx\.user\.spec\.groups += \["ops"\]$/m);
    assert.ok(!out.includes('\u001b'), 'no colours in a pipe');
  });

  test(`${name}: who can reach a Service, what a user can reach`, async () => {
    const rows = async (...args: string[]) => {
      const { code, out, err } = await ask(...args, '-o', 'json');
      assert.deepEqual([code, err], [0, '']);
      return (JSON.parse(out) as ReachAnswer).rows.map(({ service: of, user, can }) => [of, user, can]);
    };
    assert.deepEqual(await rows('--who', 'api', '--time', '2026-11-21T12:00:00Z'), [
      ['api', 'drone', 'depends'],
      ['api', 'robot', 'always'],
      ['api', null, 'never'],
    ]);
    assert.deepEqual(await rows('--what', 'robot', ...REQUEST), [
      ['api', 'robot', 'always'],
      ['desk', 'robot', 'never'],
    ]);
    assert.deepEqual((await rows('--what', 'robot', '--time', '2026-11-21T12:00:00Z'))[0], ['api', 'robot', 'always']);
    assert.deepEqual((await rows('--what', 'robot', '--time', '2026-11-21T23:00:00Z'))[0], ['api', 'robot', 'never']);
    assert.deepEqual(await rows('--who', 'api', '--request', 'POST /v1', '--time', '2026-11-21T12:00:00Z'), [
      ['api', 'drone', 'never'],
      ['api', 'robot', 'always'],
      ['api', null, 'never'],
    ]);
  });

  test(`${name}: a question that makes no sense is told to be none`, async () => {
    const mistakes: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [[], /what is asked for\? Give --request 'GET https:\/\/…', --who SERVICE or --what USER/],
      [[...REQUEST, '--user', 'robt'], /there is no User\/robt \(did you mean "robot"\?\)/],
      [['--who', 'apy'], /there is no Service\/apy \(did you mean "api"\?\)/],
      [[...REQUEST, '--user', 'robot', '--group', 'oops'], /there is no Group\/oops \(did you mean "ops"\?\)/],
      [['--who', 'api', '--what', 'robot'], /--who and --what are two questions/],
      [['--request', 'GET /v1'], /"\/v1" is no URL with a host/],
      [[...REQUEST, '-H', 'x'], /"x" is no header: write 'NAME: VALUE'/],
      [[...REQUEST, '--time', 'noon'], /"noon" is no time/],
      [[...REQUEST, '--session-type', 'x'], /--session-type is one of CLIENT, CLIENTLESS/],
      [[...REQUEST, '-o', 'xml'], /there is no output "xml": text or json/],
      [[...REQUEST, '--ip', '1.2.3'], /"1\.2\.3" is no IP address/],
      [['--who', 'api', '--ip', '10.0.0.1'], /--ip is said of a --request/],
      [['--who', 'api', '--request', `GET http://desk.${DOMAIN}/`], /is one for Service\/desk, not for Service\/api/],
      [[...REQUEST, '--usr', 'robot'], /--usr.*did you mean "--user"\?/],
      [[...REQUEST, '--body', '@none'], /none cannot be read: there is no such file/],
    ];
    for (const [args, message] of mistakes) {
      const { code, err } = await ask(...args);
      assert.equal(code, 1, args.join(' '));
      assert.match(err, message);
    }
  });
}

test('what a gateway explains is what it does', async () => {
  const token = await gateway.token('drone');
  const answer = await gateway.ask('api', '/v1', { headers: { ...bearer(token), 'x-pass': '2' } });
  const { requestId } = answer;
  const entry = await gateway.logged((one) => one.requestId === requestId);
  const request = ['--request', `GET http://api.${DOMAIN}/v1`, '-H', 'x-pass: 2'];
  const out = await gateway.command(['policy', 'explain', '--user', 'drone', ...request, '-o', 'json']);
  const explanation = JSON.parse(out) as Explanation;
  assert.equal(entry.reason, explanation.reason);
  assert.equal(entry.generation, explanation.generation);
});

test('files with mistakes explain nothing', async () => {
  const broken = join(directory, 'broken.yaml');
  writeFileSync(broken, RESOURCES.replace('isIPInRange', 'isIpInRange'));
  const { code, out, err } = await explain('-f', broken, ...REQUEST);
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /broken\.yaml:\d+:\d+: error/);
});

test('--domain is for files', async () => {
  const { code, err } = await explain('--data', gateway.data, ...REQUEST, '--domain', 'x.example');
  assert.equal(code, 1);
  assert.match(err, /--domain is for files/);
});

test('as a command of its own', async () => {
  const { code, out } = await ostiary([
    'policy',
    'explain',
    '-f',
    file,
    '--domain',
    DOMAIN,
    ...REQUEST,
    '--user',
    'robot',
  ]);
  assert.equal(code, 0);
  assert.match(out, /^ALLOW {2}policy-allowed by team\/ops$/m);
});
