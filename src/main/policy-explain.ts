import { readFile } from 'node:fs/promises';
import { formatDiagnostic, hasErrors } from '../base/diagnostic.ts';
import { AppError, fileProblem } from '../base/errors.ts';
import type { Connect } from '../cli/command.ts';
import { policyExplainCommand as commandOf, type Explainer } from '../cli/commands/policy-explain.ts';
import { readConfigPaths } from '../control/sources/files.ts';

export const policyExplainCommand = (connect: Connect) => commandOf({ connect, load, readFile: readBody });

async function load(paths: readonly string[], domain: string, err: (text: string) => void): Promise<Explainer | null> {
  const texts = await readConfigPaths(paths);
  const [{ assembleOffline }, { explain }, { reach }] = await Promise.all([
    import('./offline.ts'),
    import('./explain/explain.ts'),
    import('./explain/reach.ts'),
  ]);
  const { diagnostics, compiled } = assembleOffline(texts, domain);
  for (const diagnostic of diagnostics) err(`${formatDiagnostic(diagnostic)}\n`);
  if (hasErrors(diagnostics)) return null;
  const { snapshot } = compiled;
  return {
    explain: (question) => explain(snapshot, question, Date.now()),
    reach: (question) => reach(snapshot, question, Date.now()),
  };
}

async function readBody(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new AppError('invalid', `${path} cannot be read: ${fileProblem(cause)}`, { cause });
  });
}
