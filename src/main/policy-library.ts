import { readdir, readFile } from 'node:fs/promises';
import { policyLibraryCommand as commandOf, type LibraryEntry } from '../cli/commands/policy-library.ts';

/** Beside the code, in a clone as in what is built. */
const FOLDER = new URL('../../policies/library/', import.meta.url);

const ENDINGS = { policy: '.yaml', tests: '.test.yaml' } as const;

export const policyLibraryCommand = commandOf({ list, read });

async function list(): Promise<LibraryEntry[]> {
  const files = await readdir(FOLDER);
  const names = files.filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml')).sort();
  return Promise.all(names.map(entryOf));
}

async function entryOf(file: string): Promise<LibraryEntry> {
  const { readTexts } = await import('../control/read.ts');
  const text = await readFile(new URL(file, FOLDER), 'utf8');
  const { resources } = readTexts([{ file, text }]);
  const policy = resources.map(({ resource }) => resource).find(({ kind }) => kind === 'Policy');
  return {
    name: file.slice(0, -ENDINGS.policy.length),
    description: policy?.kind === 'Policy' ? (policy.spec.description ?? '') : '',
  };
}

function read(name: string, part: keyof typeof ENDINGS): Promise<string> {
  return readFile(new URL(`${name}${ENDINGS[part]}`, FOLDER), 'utf8');
}
