import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminClient } from '../../src/admin/client.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import { readTexts } from '../../src/control/read.ts';
import { policyLibraryCommand } from '../../src/main/policy-library.ts';
import { policyTestCommand } from '../../src/main/policy-test.ts';
import type { Policy } from '../../src/model/index.ts';
import { codesIn, tableUnder } from '../support/markdown.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'policies/library');
const NAMES = readdirSync(FOLDER)
  .filter((file) => !file.endsWith('.test.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''))
  .sort();

/** A command line, in this process. */
async function run(args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    env: {},
    isTerminal: false,
    readStdin: async () => Buffer.of(),
    stdin: async function* () {},
    write: async () => {},
  };
  const code = await runCommandLine([policyTestCommand(adminClient), policyLibraryCommand], args, io);
  return { code, out: out.join(''), err: err.join('') };
}

function policyOf(name: string): Policy {
  const file = join(FOLDER, `${name}.yaml`);
  const { resources, diagnostics } = readTexts([{ file, text: readFileSync(file, 'utf8') }]);
  assert.deepEqual([diagnostics, resources.length], [[], 1]);
  return resources[0]!.resource as Policy;
}

for (const name of NAMES) {
  test(`${name}: every rule decides one of its own cases, and all of them are as expected`, async () => {
    const file = join(FOLDER, `${name}.test.yaml`);
    const { code, out, err } = await run(['policy', 'test', file, '--coverage-min', '100']);
    assert.deepEqual([code, err], [0, ''], out);
    assert.match(out, /^rules that decided a case: [1-9]/);
  });

  test(`${name}: printed as it stands`, async () => {
    for (const [args, file] of [
      [[], `${name}.yaml`],
      [['--tests'], `${name}.test.yaml`],
    ] as const) {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      assert.deepEqual(await run(['policy', 'library', name, ...args]), { code: 0, out: text, err: '' });
    }
  });

  test(`${name}: named as its file, described, with parameters and named rules`, () => {
    const { metadata, spec } = policyOf(name);
    assert.equal(metadata.name, name);
    assert.match(spec.description ?? '', /^(Allow|Deny) .*\.$/);
    assert.notDeepEqual(Object.keys(spec.attrs ?? {}), []);
    assert.ok((spec.rules ?? []).every((rule) => rule.name !== undefined));
  });
}

test('the page has every policy with its effects and parameters', () => {
  const rows = tableUnder(join(ROOT, 'docs/policy-library.md'), 'Parameters');
  const words = { ALLOW: 'allows', DENY: 'denies' };
  const expected = NAMES.map((name) => {
    const { spec } = policyOf(name);
    const effects = new Set((spec.rules ?? []).map(({ effect }) => words[effect]));
    return [name, [...effects].sort().reverse().join(', '), Object.keys(spec.attrs ?? {})];
  });
  assert.deepEqual(
    rows.map(([name, effect, attrs]) => [codesIn(name!)[0], effect, codesIn(attrs!)]),
    expected,
  );
});

test('a name that the library does not have', async () => {
  const { code, err } = await run(['policy', 'library', 'step-upp']);
  assert.deepEqual([code, err], [1, 'ostiary: the library has no "step-upp" (did you mean "step-up"?)\n']);
  const outside = await run(['policy', 'library', '../library/step-up']);
  assert.equal(outside.code, 1);
});
