/** `ostiary … | head`: whoever reads the output may go before all of it is written. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, spawnOstiary } from '../support/command.ts';
import { policy, workload, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Exit code and standard error of a command whose output, or errors, nobody reads. */
function withoutReader(args: readonly string[], cwd: string, closed: 'stdout' | 'stderr') {
  const child = spawnOstiary(args, { cwd });
  const err = closed === 'stderr' ? { text: '' } : collect(child.stderr!);
  child.stdin!.on('error', () => undefined).end();
  child[closed]!.destroy();
  return new Promise<{ code: number | null; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, err: err.text })),
  );
}

const COMMANDS: readonly (readonly string[])[] = [
  ['help'],
  ['schema'],
  ['schema', 'ctx', '-o', 'json'],
  ['validate', 'old'],
  ['diff', '-f', 'old', 'new'],
  ['policy', 'library'],
  ['policy', 'explain', '-f', 'old', '--who', 'api'],
  ['cel', '1 + 1'],
];

const cwd = temporaryDirectory();
const rule = { effect: 'ALLOW', condition: { matchAny: true } };
const upstream = { url: 'http://127.0.0.1:9' };
const api = {
  kind: 'Service',
  metadata: { name: 'api' },
  spec: { mode: 'HTTP', isPublic: true, config: { upstream } },
};
for (const [name, text] of [
  ['old', yaml(workload('robot'), api)],
  ['new', yaml(workload('robot'), api, policy('more', rule))],
] as const) {
  mkdirSync(join(cwd, name));
  writeFileSync(join(cwd, name, 'all.yaml'), text);
}

for (const args of COMMANDS) {
  test(`ostiary ${args.join(' ')}: ends quietly, as a program that SIGPIPE ends`, async () => {
    assert.deepEqual(await withoutReader(args, cwd, 'stdout'), { code: 141, err: '' });
  });
}

test('errors that nobody reads end the command too', async () => {
  assert.equal((await withoutReader(['validate', 'nowhere'], cwd, 'stderr')).code, 141);
});
