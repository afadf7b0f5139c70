import { formatDiagnostic, hasErrors } from '../base/diagnostic.ts';
import { AppError } from '../base/errors.ts';
import { type Command, texts as listOf } from '../cli/command.ts';
import { readConfigPaths } from '../control/sources/files.ts';

/** Everything that `serve` would find, without serving. */
export const validateCommand: Command = {
  name: 'validate',
  usage: 'PATH… [--plugins DIR]…',
  summary: 'Check resources: the mistakes of all files at once, each with its place.',
  options: { plugins: { type: 'string', multiple: true } },
  run: async ({ positionals, options, io }) => {
    if (positionals.length === 0) throw new AppError('usage', 'what should be checked? Give files or directories');
    const texts = await readConfigPaths(positionals);
    const { assembleOffline } = await import('./offline.ts');
    const { readScripts } = await import('./scripts.ts');
    const { diagnostics, owned } = assembleOffline(texts, 'localhost', await readScripts(listOf(options, 'plugins')));
    for (const diagnostic of diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
    if (hasErrors(diagnostics)) return 1;
    io.out(`${counted(texts.length, 'file')}, ${counted(owned.length, 'resource')}: no errors\n`);
    return 0;
  },
};

function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what : `${what}s`}`;
}
