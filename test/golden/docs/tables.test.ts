/** The tables of the documents against what the code has: nothing may be missing, and nothing made up. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REASONS } from '../../../src/gateway/reasons.ts';
import { COMMANDS } from '../../../src/main/commands.ts';
import { DEFAULTS, installConfig } from '../../../src/main/install.ts';
import { INSTALL_OPTIONS } from '../../../src/main/serve.ts';
import { codesIn, readBlocks, tableUnder } from '../../support/markdown.ts';
import { contextPage } from './context.ts';
import { plannedPage } from './planned.ts';

const ROOT = join(import.meta.dirname, '../../..');
const docs = (name: string) => join(ROOT, 'docs', name);
const COMMAND_LINE = docs('command-line.md');

function firstCodes(rows: readonly string[][]): string[] {
  return rows.flatMap(([cell]) => codesIn(cell ?? ''));
}

function assertSame(documented: Iterable<string>, real: Iterable<string>): void {
  assert.deepEqual([...documented].sort(), [...real].sort());
}

test('every command is documented with its arguments and its summary', () => {
  const rows = tableUnder(COMMAND_LINE, 'Commands');
  assertSame(
    firstCodes(rows),
    COMMANDS.map(({ name }) => name),
  );
  for (const [name = '', usage = '', what = ''] of rows) {
    const command = COMMANDS.find((one) => one.name === codesIn(name)[0])!;
    if (command.name !== 'serve') assert.equal(usage.replaceAll('`', ''), command.usage);
    assert.ok(what.startsWith(command.summary), `${command.name}: ${what}`);
  }
});

test('every option of every command is documented', () => {
  for (const [name = '', usage = '', what = ''] of tableUnder(COMMAND_LINE, 'Commands')) {
    const command = COMMANDS.find((one) => one.name === codesIn(name)[0])!;
    if (command.name === 'serve') continue;
    const missing = Object.entries(command.options).filter(([option, { short }]) => {
      const long = `${usage} ${what}`.includes(`--${option}`);
      return !long || (short !== undefined && !`${usage} ${what}`.includes(`-${short}`));
    });
    assert.deepEqual(missing, [], command.name);
  }
});

test('the options of serve are documented, with file, variable and default', () => {
  const rows = tableUnder(COMMAND_LINE, 'Options of serve');
  const long = firstCodes(rows).filter((code) => code.startsWith('--'));
  assertSame(
    long,
    Object.keys(INSTALL_OPTIONS).map((name) => `--${name}`),
  );
  const keys = rows.flatMap(([, key]) => codesIn(key ?? ''));
  assertSame(new Set(keys), Object.keys(installConfig({}, {}, {})));
  for (const [, key = '', , fallback = ''] of rows) {
    const value = DEFAULTS[codesIn(key)[0] as keyof typeof DEFAULTS];
    if (value !== undefined) assert.deepEqual(codesIn(fallback), [value].flat());
  }
});

test('the example of a file for serve has every setting', () => {
  const example = readBlocks(COMMAND_LINE).find(({ marks }) => marks.has('install'))!;
  const keys = [...example.text.matchAll(/^(\w+):/gm)].map((match) => match[1]!);
  assertSame(keys, Object.keys(installConfig({}, {}, {})));
});

test('the variables that are documented are those that are read', () => {
  const files = ['src', 'identity', 'policies', 'bin'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  assertSame(variablesIn([COMMAND_LINE]), variablesIn(files));
});

function variablesIn(files: readonly string[]): Set<string> {
  return new Set(files.flatMap((file) => readFileSync(file, 'utf8').match(/\bOSTIARY_[A-Z_]*[A-Z]\b/g) ?? []));
}

test('the page about ctx is what its schema says; UPDATE_GOLDEN=1 writes it', () => {
  assertPage('policy-context.md', contextPage());
});

test('every reason is documented, with its status', () => {
  const rows = tableUnder(docs('reasons.md'), 'Reasons');
  const documented = rows.map(([reason = '', status = '']) => `${codesIn(reason)[0]} ${status}`);
  assertSame(
    documented,
    Object.entries(REASONS).map(([reason, { status }]) => `${reason} ${status}`),
  );
  for (const [reason, , advice] of rows) assert.ok((advice ?? '').length > 10, `${reason}: what to do?`);
});

test('every code of a failed sign-in is documented', () => {
  const source = readFileSync(join(ROOT, 'identity/sign-in/failures.ts'), 'utf8');
  const codes = [...source.matchAll(/^ {2}'([a-z-]+)': \{(?: status|$)/gm)].map((match) => match[1]!);
  assert.ok(codes.length > 10);
  assertSame(firstCodes(tableUnder(docs('identity.md'), 'When signing in fails')), codes);
});

test('what is not implemented yet is what the schemas say; UPDATE_GOLDEN=1 writes it', () => {
  assertPage('planned.md', plannedPage());
});

function assertPage(name: string, page: string): void {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(docs(name), page);
  assert.equal(readFileSync(docs(name), 'utf8'), page);
}
