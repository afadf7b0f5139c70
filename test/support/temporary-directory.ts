import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A new directory with mode 0700 that is removed when the test, or the suite, that asked for it has ended. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-test-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
