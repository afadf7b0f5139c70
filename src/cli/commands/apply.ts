import type { ApplyAnswer, ApplyRequest, ApplyText, PlannedOperation } from '../../admin/api.ts';
import { type Diagnostic, formatDiagnostic } from '../../base/diagnostic.ts';
import { AppError } from '../../base/errors.ts';
import {
  ADMIN_OPTIONS,
  type Command,
  type Connect,
  dataDirectory,
  flag,
  type Invocation,
  type Io,
  texts,
} from '../command.ts';
import { type KindWords, kindOf } from './kinds.ts';

export interface ApplyDeps {
  readonly connect: Connect;
  readonly kinds: KindWords;
  /** The texts of files and of the files below directories. */
  readonly readPaths: (paths: readonly string[]) => Promise<ApplyText[]>;
}

export const SELECTION = {
  prune: { type: 'boolean' },
  include: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
} as const;

export function applyCommand(deps: ApplyDeps): Command {
  return {
    name: 'apply',
    usage: 'PATH|- [--prune] [--dry-run] [--include KIND]… [--exclude KIND]… [--data DIR]',
    summary: 'Make the store hold these resources: all of them, or none.',
    options: { ...ADMIN_OPTIONS, ...SELECTION, 'dry-run': { type: 'boolean' } },
    run: async (invocation) => {
      const dryRun = flag(invocation.options, 'dry-run');
      const answer = await send(deps, invocation, { dryRun });
      printDiagnostics(invocation.io, answer);
      if (!answer.accepted) return 1;
      printPlan(invocation.io, answer);
      invocation.io.out(dryRun ? 'dry run: nothing was changed\n' : `applied as generation ${answer.generation}\n`);
      return 0;
    },
  };
}

/** Hands the texts that are named on the command line to the gateway. */
export async function send(deps: ApplyDeps, invocation: Invocation, more: Partial<ApplyRequest>): Promise<ApplyAnswer> {
  const { positionals, options } = invocation;
  if (positionals.length === 0) throw new AppError('usage', 'what should be applied? Give a file, a directory or -');
  return deps.connect(dataDirectory(invocation)).apply({
    texts: await textsOf(deps, positionals, invocation.io),
    prune: flag(options, 'prune'),
    include: texts(options, 'include').map((word) => kindOf(deps.kinds, word)),
    exclude: texts(options, 'exclude').map((word) => kindOf(deps.kinds, word)),
    ...more,
  });
}

/** `-` is standard input. */
export async function textsOf(
  { readPaths }: Pick<ApplyDeps, 'readPaths'>,
  paths: readonly string[],
  io: Io,
): Promise<ApplyText[]> {
  const files = await readPaths(paths.filter((path) => path !== '-'));
  if (!paths.includes('-')) return files;
  return [{ file: '-', text: (await io.readStdin()).toString('utf8') }, ...files];
}

const SIGNS: Record<PlannedOperation, string> = { create: '+', update: '~', delete: '-', unchanged: '=' };

export function printPlan(io: Io, answer: ApplyAnswer): void {
  for (const { operation, kind, name } of answer.plan) io.out(`${SIGNS[operation]} ${operation} ${kind}/${name}\n`);
}

export function printDiagnostics(io: Io, answer: Pick<ApplyAnswer, 'accepted' | 'diagnostics'>): void {
  for (const diagnostic of withoutEchoes(answer.diagnostics)) io.err(`${formatDiagnostic(diagnostic)}\n`);
  if (!answer.accepted) io.err('nothing was changed\n');
}

/** What files are only warned of may refuse an `apply`: then it is said once, as the error. */
function withoutEchoes(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const errors = new Set(diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic));
  return diagnostics.filter(
    (one) => one.severity === 'error' || !errors.has(formatDiagnostic({ ...one, severity: 'error' })),
  );
}
