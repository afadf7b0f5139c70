import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Diagnostic, formatDiagnostic } from '../../../src/base/diagnostic.ts';
import { assembleOffline } from '../../../src/main/offline.ts';
import { NEEDS_OPA } from '../policies/rego/fixtures.ts';

const BROKEN = join(import.meta.dirname, '../../golden/diagnostics');
const SOUND = join(import.meta.dirname, '../../golden/native');

/** Rego is checked by the `opa` program. */
const skipOf = (folder: string) => (/^\d+-rego-/.test(folder) ? NEEDS_OPA : false);

/** Each folder is a broken file and exactly what is said about it; `UPDATE_GOLDEN=1` writes what is said now. */
for (const folder of readdirSync(BROKEN)) {
  test(`diagnostics of ${folder}`, { skip: skipOf(folder) }, () => {
    const expected = join(BROKEN, folder, 'err.txt');
    const said = lines(diagnosticsOf(join(BROKEN, folder, 'in.yaml'), 'in.yaml'));
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(expected, said);
    assert.ok(existsSync(expected), 'err.txt is missing: write it with UPDATE_GOLDEN=1 and read it');
    assert.equal(said, readFileSync(expected, 'utf8'));
    assert.notEqual(said, '', 'a broken file must give a diagnostic');
  });
}

for (const file of readdirSync(SOUND)) {
  test(`no error in ${file}`, () => {
    const errors = diagnosticsOf(join(SOUND, file), file).filter((one) => one.severity === 'error');
    assert.equal(lines(errors), '');
  });
}

function diagnosticsOf(path: string, file: string): readonly Diagnostic[] {
  return assembleOffline([{ file, text: readFileSync(path, 'utf8') }]).diagnostics;
}

function lines(diagnostics: readonly Diagnostic[]): string {
  return diagnostics.map((one) => `${formatDiagnostic(one)}\n`).join('');
}
