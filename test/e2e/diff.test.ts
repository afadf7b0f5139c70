/** `diff` where resources stand in files: against a gateway that serves from them, and of two folders. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ostiary } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { policy, service, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const everyone = { name: 'everyone', effect: 'ALLOW', condition: { matchAny: true } };
const noDelete = { name: 'no-delete', effect: 'DENY', condition: { match: 'ctx.request.http.method == "DELETE"' } };
const secret = { kind: 'Secret', metadata: { name: 'key' }, spec: {}, data: { value: 'v' } };
const upstream = { config: { upstream: { url: 'http://127.0.0.1:9' } } };
const api = service('api', { authorization: { policies: ['team'] }, ...upstream });
const old = service('old', { authorization: { policies: ['team'] }, ...upstream });

const before = yaml(workload('robot'), secret, policy('team', everyone), api, old);
const after = yaml(workload('robot'), secret, policy('team', everyone, noDelete), api);

function folder(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

const DECISIONS = /^allow -> deny {2}Service\/api {2}User\/robot {2}1 request$/m;

test('diff with a gateway that serves from files shows what the files would become, and changes nothing', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': before } });
  const changed = await gateway.run(['diff', folder({ 'team.yaml': after })]);
  assert.equal(changed.err, '');
  assert.equal(changed.code, 2);
  assert.match(changed.out, /^~ update Policy\/team$/m);
  assert.match(changed.out, /^= unchanged Secret\/key$/m);
  assert.doesNotMatch(changed.out, /^- /m);
  assert.match(changed.out, DECISIONS);

  const pruned = await gateway.run(['diff', '--prune', folder({ 'team.yaml': after })]);
  assert.match(pruned.out, /^- delete Service\/old$/m);
  assert.match(pruned.out, /^allow -> deny {2}Service\/old {2}User\/robot/m);

  const same = await gateway.run(['diff', '--prune', folder({ 'all.yaml': before })]);
  assert.deepEqual([same.code, same.err], [0, '']);
  assert.match(gateway.stderr, /generation 1 is live/);
  assert.doesNotMatch(gateway.stderr, /generation 2/);
});

test('diff joins what is served from files with what the store holds', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(policy('team', everyone)) } });
  await gateway.command(['apply', '-'], yaml(workload('robot'), api));
  const { code, out } = await gateway.run(['diff', '-'], { input: yaml(policy('team', everyone, noDelete)) });
  assert.equal(code, 2);
  assert.match(out, DECISIONS);
});

test('diff shows what the repair of a served file gives back', async () => {
  const typo = { name: 'everyone', effect: 'ALLOW', condition: { match: 'ctx.usr' } };
  const gateway = await GatewayProcess.start({
    files: { 'all.yaml': yaml(workload('robot'), policy('team', typo), api) },
  });
  const { code, out } = await gateway.run(['diff', '-'], { input: yaml(policy('team', everyone)) });
  assert.equal(code, 2);
  assert.match(out, /^deny -> allow {2}Service\/api/m);
});

test('a mistake in what is compared is an error, and apply still leaves files to their files', async () => {
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': before } });
  const typo = yaml(policy('team', { effect: 'ALLOW', condition: { match: 'ctx.usr' } }));
  const { code, err, out } = await gateway.run(['diff', '-'], { input: typo });
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^-:\d+:\d+: error: .*usr/m);
  const applied = await gateway.run(['apply', '-'], { input: after });
  assert.equal(applied.code, 1);
  assert.match(applied.err, /Policy\/team comes from .*all\.yaml; change it there .*ostiary diff/);
});

test('diff of two folders needs no gateway, and takes what the second one lacks as gone', async () => {
  const cwd = folder({ 'old/a.yaml': before, 'new/b.yaml': after, 'empty/x.test.yaml': '' });
  const { code, out, err } = await ostiary(['diff', '-f', './old', './new'], { cwd });
  assert.equal(err, '');
  assert.equal(code, 2);
  assert.match(out, /^~ update Policy\/team$/m);
  assert.match(out, /^- delete Service\/old$/m);
  assert.match(out, /^\d+ requests tried: \d+ decisions would change$/m);
  assert.match(out, DECISIONS);
  const same = await ostiary(['diff', '-f', 'old/', 'old/a.yaml'], { cwd });
  assert.deepEqual([same.code, same.err], [0, '']);
  const nothing = await ostiary(['diff', '-f', 'old', 'empty'], { cwd });
  assert.deepEqual([nothing.code, nothing.err], [1, 'ostiary: no YAML files in empty\n']);
});

const MISTAKES: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['diff', '-f', 'old'], /with what should it be compared\?/],
  [['diff', '-f', 'old', '--prune', 'new'], /--prune is for a running gateway; files are compared whole/],
  [['diff', '-f', 'old', '--data', 'data', 'new'], /--data is for a running gateway/],
  [['diff', '--domain', 'example.com', 'new'], /--domain is for files \(-f\)/],
  [['diff', '-f', 'old', '-', '--log', '-'], /standard input is either the resources or a log/],
  [['diff', '-f', 'bad', 'new'], /bad\/a\.yaml is no YAML/],
];

for (const [args, message] of MISTAKES) {
  test(`ostiary ${args.join(' ')}: exit 1, with the reason`, async () => {
    const cwd = folder({ 'old/a.yaml': before, 'new/a.yaml': after, 'bad/a.yaml': '{' });
    const { code, err } = await ostiary(args, { cwd });
    assert.equal(code, 1);
    assert.match(err, message);
  });
}
