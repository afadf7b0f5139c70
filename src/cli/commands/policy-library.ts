import { AppError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import { type Command, flag } from '../command.ts';

export interface LibraryEntry {
  readonly name: string;
  readonly description: string;
}

export interface PolicyLibrary {
  /** In the order of their names. */
  readonly list: () => Promise<readonly LibraryEntry[]>;
  /** The text of one policy, or of its tests. */
  readonly read: (name: string, part: 'policy' | 'tests') => Promise<string>;
}

export function policyLibraryCommand(library: PolicyLibrary): Command {
  return {
    name: 'policy library',
    usage: '[NAME [--tests]]',
    summary: 'List ready policies, or print one, or its tests, to start from.',
    options: { tests: { type: 'boolean' } },
    run: async ({ positionals: [name, ...more], options, io }) => {
      if (more.length > 0) throw new AppError('usage', 'give one name');
      const entries = await library.list();
      if (name === undefined) {
        if (flag(options, 'tests')) throw new AppError('usage', 'the tests of which policy? Give its name');
        io.out(table(entries));
        return 0;
      }
      refuseUnknown(name, entries);
      io.out(await library.read(name, flag(options, 'tests') ? 'tests' : 'policy'));
      return 0;
    },
  };
}

function refuseUnknown(name: string, entries: readonly LibraryEntry[]): void {
  const names = entries.map((entry) => entry.name);
  if (names.includes(name)) return;
  const suggestion = didYouMean(name, names) ?? `one of: ${names.join(', ')}`;
  throw new AppError('not-found', `the library has no "${name}" (${suggestion})`);
}

function table(entries: readonly LibraryEntry[]): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  return entries.map(({ name, description }) => `${name.padEnd(width)}  ${description}\n`).join('');
}
