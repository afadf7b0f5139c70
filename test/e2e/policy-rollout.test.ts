/** Changes of policies before they bite: `diff`, `policy replay`, shadow policies. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ostiaryHere } from '../support/command.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { bearer, policy, service, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

const upstream = await RecordingUpstream.start('upstream');
const everyone = { name: 'everyone', effect: 'ALLOW', condition: { matchAny: true } };
const noDelete = { name: 'no-delete', effect: 'DENY', condition: { match: 'ctx.request.http.method == "DELETE"' } };
const noAdmin = {
  name: 'no-admin',
  effect: 'DENY',
  condition: { match: 'ctx.request.http.path.startsWith("/admin/") && !has(ctx.request.http.headers.break)' },
};

const api = service('api', { authorization: { policies: ['team'] }, config: { upstream: { url: upstream.url } } });
const before = yaml(workload('robot'), policy('team', everyone), api);
const after = yaml(workload('robot'), policy('team', everyone, noDelete, noAdmin), api);

async function withTraffic(resources: string): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': resources } });
  const headers = bearer(await gateway.token('robot'));
  await gateway.ask('api', '/a', { headers });
  await gateway.ask('api', '/b', { headers, method: 'DELETE' });
  await gateway.ask('api', '/admin/x', { headers });
  await gateway.ask('api', '/a');
  await until('four lines', () => gateway.accessLog.length >= 4);
  return gateway;
}

test('replay says what would have changed, and what cannot be said', async () => {
  const gateway = await withTraffic(before);
  const directory = temporaryDirectory();
  const log = join(directory, 'access.log');
  writeFileSync(log, `${gateway.stdout}nonsense\n`);
  writeFileSync(join(directory, 'after.yaml'), after);
  const run = (...args: string[]) =>
    ostiaryHere(['policy', 'replay', '--log', log, '-f', join(directory, 'after.yaml'), ...args]);

  const { code, out } = await run();
  assert.equal(code, 0);
  assert.equal(
    out,
    `5 lines, 2 decided again: 1 decision would change

allow -> deny  Service/api  User/robot  1 request
    DELETE api.${DOMAIN}/b
        before  allow by team/everyone (policy-allowed)
        after   deny by team/no-delete (policy-denied)

decided as if these, which are not in the files, had no policies and scopes:
    2  Credential/of-robot

3 lines not decided again:
    1  Service/api: a rule needs ctx.request.http.headers, which is not in the log
    1  no policy was asked (unauthenticated)
    1  the line is no line of an access log
`,
  );
  assert.equal((await run('--fail-on-change')).code, 1);
  const report = JSON.parse((await run('-o', 'json', '--samples', '0')).out) as Record<string, unknown>;
  assert.equal(report.changed, 1);
});

test('replay with the policies that decided changes nothing', async () => {
  const gateway = await withTraffic(before);
  const file = join(temporaryDirectory(), 'before.yaml');
  writeFileSync(file, before);
  const args = ['policy', 'replay', '--log', '-', '-f', file, '--fail-on-change'];
  const { code, out } = await ostiaryHere(args, gateway.stdout);
  assert.match(out, /^4 lines, 3 decided again: 0 decisions would change$/m);
  assert.equal(code, 0);
});

test('replay says what to do about users of the store, and that works', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(policy('team', everyone), api) } });
  await gateway.command(['apply', '-'], yaml(workload('robot')));
  await gateway.ask('api', '/a', { headers: bearer(await gateway.token('robot')) });
  await until('a line', () => gateway.accessLog.length >= 1);
  const replay = (...files: string[]) =>
    ostiaryHere(['policy', 'replay', '--log', '-', ...files.flatMap((file) => ['-f', file])], gateway.stdout);
  const { out } = await replay(gateway.directory);
  assert.match(out, /there is no User\/robot\n\nwhat a gateway has in its store [\s\S]*ostiary get user -o yaml/);
  const users = join(temporaryDirectory(), 'users.yaml');
  writeFileSync(users, await gateway.command(['get', 'user', '-o', 'yaml']));
  const again = await replay(gateway.directory, users);
  assert.equal(again.err, '');
  assert.match(again.out, /^1 line, 1 decided again/);
  assert.doesNotMatch(again.out, /in its store/);
});

test('a compressed log is not taken for one with nothing to decide', async () => {
  const directory = temporaryDirectory();
  const [log, file] = [join(directory, 'a.log.gz'), join(directory, 'all.yaml')];
  writeFileSync(log, gzipSync('{}\n'));
  writeFileSync(file, before);
  for (const command of [
    ['policy', 'replay', '-f', file],
    ['policy', 'shadow'],
    ['diff', '-f', file, file],
  ]) {
    const { code, err } = await ostiaryHere([...command, '--log', log]);
    assert.equal(code, 1);
    assert.match(err, /a\.log\.gz is compressed by gzip: zcat \S+a\.log\.gz \| ostiary … --log -/);
  }
});

test('replay tells what is wrong with its arguments and files', async () => {
  const directory = temporaryDirectory();
  const bad = join(directory, 'bad.yaml');
  writeFileSync(bad, yaml(policy('p', { effect: 'ALLOW', condition: { match: 'ctx.usr' } })));
  assert.match((await ostiaryHere(['policy', 'replay', '-f', bad])).err, /which requests\?/);
  assert.match((await ostiaryHere(['policy', 'replay', '--log', 'x'])).err, /with which resources\?/);
  const { code, err } = await ostiaryHere(['policy', 'replay', '--log', 'x', '-f', bad]);
  assert.equal(code, 1);
  assert.match(err, /bad\.yaml:\d+:\d+: error: /);
  writeFileSync(bad, yaml(workload('robot')));
  const nothing = ['policy', 'replay', '--log', '-', '-f', bad, '--fail-on-change'];
  assert.equal((await ostiaryHere(nothing, 'nonsense\n')).code, 1, 'nothing was decided');
  assert.equal((await ostiaryHere(nothing)).code, 0);
  const missing = await ostiaryHere(['policy', 'replay', '--log', join(directory, 'none'), '-f', bad]);
  assert.match(missing.err, /none cannot be read/);
  assert.equal(missing.code, 1);
});

test('diff shows the decisions that change, for everybody, with what the conditions mention', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(['apply', '-'], before);
  const { code, out } = await gateway.run(['diff', '-'], { input: after });
  assert.equal(code, 2);
  assert.match(out, /^~ update Policy\/team$/m);
  assert.match(out, /^allow -> deny {2}Service\/api {2}User\/robot {2}\d requests?$/m);
  assert.match(out, new RegExp(`^ {4}DELETE api\\.${DOMAIN}/$`, 'm'));
  assert.match(out, /^ {8}after {3}deny by team\/no-delete \(policy-denied\)$/m);
  assert.match(out, /^ {4}\d+ {2}Service\/api: a rule needs ctx\.request\.http\.headers$/m);
});

test('diff with a log shows the recorded requests that change', async () => {
  const gateway = await GatewayProcess.start();
  await gateway.command(['apply', '-'], before);
  const headers = bearer(await gateway.token('robot'));
  await gateway.ask('api', '/b', { headers, method: 'DELETE' });
  await gateway.ask('api', '/b', { headers, method: 'DELETE' });
  await until('both lines', () => gateway.accessLog.filter(({ path }) => path === '/b').length >= 2);
  const log = join(gateway.directory, 'access.log');
  writeFileSync(log, gateway.stdout);
  const file = join(temporaryDirectory(), 'after.yaml');
  writeFileSync(file, after);
  const { out } = await gateway.run(['diff', file, '--log', log]);
  assert.match(out, /^2 requests tried: 2 decisions would change$/m);
  assert.match(out, /^allow -> deny {2}Service\/api {2}User\/robot {2}2 requests$/m);
});

test('diff shows what a new Service gives, and to whom', async () => {
  const gateway = await GatewayProcess.start();
  const { out } = await gateway.run(['diff', '-'], { input: before });
  assert.match(out, /^deny -> allow {2}Service\/api {2}User\/robot {2}1 request$/m);
  assert.match(out, /before {2}deny \(there is no Service\/api\)/);
});

const shadow = { kind: 'Policy', metadata: { name: 'stricter' }, spec: { shadow: true, rules: [noDelete] } };
const shadowed = yaml(
  workload('robot'),
  policy('team', everyone),
  shadow,
  service('api', {
    authorization: {
      policies: ['team', 'stricter'],
      inlinePolicies: [{ name: 'calm', spec: { shadow: true, rules: [everyone] } }],
    },
    config: { upstream: { url: upstream.url } },
  }),
);

for (const workers of ['1', '2']) {
  test(`a shadow policy decides nothing, and is told where it would (--workers ${workers})`, async () => {
    const args = ['--workers', workers];
    const gateway = await GatewayProcess.start({ files: { 'all.yaml': shadowed }, args });
    const headers = bearer(await gateway.token('robot'));
    assert.equal((await gateway.ask('api', '/a', { headers })).status, 200);
    assert.equal((await gateway.ask('api', '/b', { headers, method: 'DELETE' })).status, 200);
    const line = await gateway.logged(({ path }) => path === '/b');
    assert.deepEqual(line.shadow, [{ policy: 'stricter', would: 'deny' }]);
    assert.equal(line.decision?.effect, 'allow');
    assert.equal((await gateway.logged(({ path }) => path === '/a')).shadow, undefined);

    const said = await gateway.command(['policy', 'shadow']);
    assert.equal(said, 'stricter  Service/api  1 request allowed, would deny\nService/api#calm  no disagreement\n');
    const { out } = await ostiaryHere(['policy', 'shadow', '--log', '-'], gateway.stdout);
    assert.match(out, /^2 lines: 1 request would be decided otherwise$/m);
    assert.match(out, /^Policy stricter$/m);
    assert.match(out, new RegExp(`^ {4}DELETE api\\.${DOMAIN}/b$`, 'm'));
  });
}

test('a shadow policy that does not compile is an error when applied, and stops nothing when it comes from a file', async () => {
  const broken = { shadow: true, rules: [{ effect: 'DENY', condition: { match: 'ctx.usr == 1' } }] };
  const resources = yaml(
    workload('robot'),
    policy('team', everyone),
    service('api', {
      authorization: { policies: ['team'], inlinePolicies: [{ name: 'broken', spec: broken }] },
      config: { upstream: { url: upstream.url } },
    }),
  );
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': resources } });
  assert.match(gateway.stderr, /all\.yaml:\d+:\d+: error: .*usr/);
  const answer = await gateway.ask('api', '/', { headers: bearer(await gateway.token('robot')) });
  assert.equal(answer.status, 200);
  const line = await gateway.logged(({ user }) => user === 'robot');
  assert.deepEqual(line.shadow, [{ policy: 'Service/api#broken', would: 'deny' }]);
  const other = { kind: 'Policy', metadata: { name: 'other' }, spec: broken };
  assert.equal((await gateway.run(['apply', '-'], { input: yaml(other) })).code, 1);
});

test('replay and policy test decide by what a running gateway serves', async () => {
  const gateway = await withTraffic(before);
  const directory = temporaryDirectory();
  const log = join(directory, 'access.log');
  writeFileSync(log, gateway.stdout);
  writeFileSync(
    join(directory, 'api.test.yaml'),
    `kind: PolicyTest
metadata: {name: api}
spec:
  cases:
    - name: may delete today
      given: {user: robot, request: 'DELETE https://api.${DOMAIN}/b'}
      expect: allow
`,
  );
  writeFileSync(join(directory, 'stricter.yaml'), yaml(policy('team', noDelete)));
  const same = await gateway.command(['policy', 'replay', '--log', log, '--running', '-o', 'json']);
  const { decided, changed } = JSON.parse(same) as { readonly decided: number; readonly changed: number };
  assert.deepEqual([decided > 0, changed], [true, 0]);
  const tested = await gateway.command(['policy', 'test', directory, '--running']);
  assert.match(tested, /1 passed/);
  for (const args of [
    ['policy', 'replay', '--log', log],
    ['policy', 'replay', '--log', log, '--running', '-f', directory],
    ['policy', 'replay', '--log', log, '-f', directory, '--data', directory],
    ['policy', 'test', directory, '--running', '--watch'],
    ['policy', 'test', directory, '--data', directory],
  ]) {
    const { code, err } = await ostiaryHere(args);
    assert.equal(code, 1);
    assert.match(err, /usage: ostiary policy/, args.join(' '));
  }
});
