import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ostiary } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';

for (const place of ['data', 'var/state', '.']) {
  test(`a gateway with its data in ${place} of the directory it serves does not read its own keys`, async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a.yaml'), yaml(open('api', 'http://127.0.0.1:9')));
    mkdirSync(join(directory, place), { recursive: true, mode: 0o700 });
    const gateway = await GatewayProcess.start({ directory, data: join(directory, place) });
    assert.doesNotMatch(gateway.stderr, /error|keys\.json/);
    const { code, out } = await ostiary(['validate', '.'], { cwd: directory });
    assert.deepEqual([code, out], [0, '1 file, 1 resource: no errors\n']);
    const again = await gateway.write('b.yaml', yaml(open('other', 'http://127.0.0.1:9')));
    assert.match(again, /generation 2 is live$/);
    await gateway.stop();
    assert.doesNotMatch((await gateway.again()).stderr, /error/);
  });
}

test('an empty directory is served with a warning, and may be filled', async () => {
  const directory = temporaryDirectory();
  const gateway = await GatewayProcess.start({ directory });
  assert.match(gateway.stderr, new RegExp(`warning: no YAML files in ${directory}$`, 'm'));
  await gateway.write('a.yaml', yaml(open('api', 'http://127.0.0.1:9')));
  await until('the Service', async () => (await gateway.ask('api')).status !== 404);
});

for (const command of [['validate'], ['apply'], ['apply', '--dry-run'], ['diff'], ['policy', 'test']]) {
  test(`ostiary ${command.join(' ')} of a directory without a file says so`, async () => {
    const cwd = temporaryDirectory();
    const { code, err } = await ostiary([...command, '.'], { cwd });
    assert.equal(code, 1);
    assert.match(err, /^ostiary: no YAML files in \.$/m);
  });
}

test('a policy in a file with a short name counts however its directory is spelled', async () => {
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'pol'));
  mkdirSync(join(cwd, 'pol/.github'));
  writeFileSync(join(cwd, 'pol/a.yaml'), 'kind: User\nmetadata: {name: fay}\nspec: {typo: HUMAN}\n');
  writeFileSync(join(cwd, 'pol/.github/ci.yml'), 'on: push\n');
  for (const [from, path] of [
    ['.', './pol'],
    ['.', 'pol'],
    ['.', '.'],
    ['pol', '.'],
    ['pol', './'],
    ['pol', '../pol/'],
  ] as const) {
    const { code, err } = await ostiary(['validate', path], { cwd: join(cwd, from) });
    assert.equal(code, 1, path);
    assert.match(err, /a\.yaml:3:\d+: error: .*typo/, path);
    assert.doesNotMatch(err, /ci\.yml/, path);
  }
});
