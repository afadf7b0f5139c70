import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '../cli/command.ts';

/** Beside `src/` in a clone and beside `dist/` in the package. */
const MANIFEST = ['../..', '../../..'].map((up) => join(import.meta.dirname, up, 'package.json')).find(existsSync);

export const versionCommand: Command = {
  name: 'version',
  usage: '',
  summary: 'Print the version; so does --version.',
  options: {},
  run: async ({ io }) => {
    io.out(`ostiary ${version()}\n`);
    return 0;
  },
};

function version(): string {
  if (MANIFEST === undefined) return 'of an unknown version';
  return (JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }).version;
}
