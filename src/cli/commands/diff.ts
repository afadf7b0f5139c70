import type { CountedRequest, DecisionDiff } from '../../admin/decision-api.ts';
import { AppError } from '../../base/errors.ts';
import { ADMIN_OPTIONS, type Command, type Io, text, texts } from '../command.ts';
import { changeText, counted, undecidableText } from '../decision-text.ts';
import { type ApplyDeps, printDiagnostics, printPlan, SELECTION, send } from './apply.ts';
import { samplesOf } from './policy-replay.ts';

export interface DiffDeps extends ApplyDeps {
  /** The requests of access logs that differ in what decides, each once. */
  readonly readRequests: (logs: readonly string[], io: Io) => Promise<LoggedRequests>;
}

interface LoggedRequests {
  readonly requests: readonly CountedRequest[];
  /** Lines that were too many. */
  readonly left: number;
}

export function diffCommand(deps: DiffDeps): Command {
  return {
    name: 'diff',
    usage: 'PATH|- [--prune] [--include KIND]… [--exclude KIND]… [--log FILE|-]… [--samples N] [--data DIR]',
    summary: 'Show what apply would change, resources and decisions: exit 0 nothing, 2 something, 1 error.',
    options: {
      ...ADMIN_OPTIONS,
      ...SELECTION,
      log: { type: 'string', multiple: true },
      samples: { type: 'string' },
    },
    run: async (invocation) => {
      const { options, positionals, io } = invocation;
      const samples = samplesOf(text(options, 'samples'));
      const logs = texts(options, 'log');
      if (logs.includes('-') && positionals.includes('-')) {
        throw new AppError('usage', 'standard input is either the resources or a log');
      }
      const logged = logs.length === 0 ? null : await deps.readRequests(logs, io);
      const decisions = { requests: logged?.requests ?? null, samples };
      const answer = await send(deps, invocation, { dryRun: true, decisions });
      printDiagnostics(io, answer);
      if (!answer.accepted) return 1;
      printPlan(io, answer);
      if (answer.plan.every(({ operation }) => operation === 'unchanged')) return 0;
      if (answer.decisions !== undefined) io.out(decisionsText(answer.decisions, logged?.left ?? 0));
      return 2;
    },
  };
}

/** Nothing where there is no Service. */
function decisionsText({ compared, changed, changes, undecidable, isCut }: DecisionDiff, unread: number): string {
  if (compared + undecidable.length === 0) return '';
  return [
    `\n${counted(compared, 'request')} tried: ${counted(changed, 'decision')} would change\n`,
    ...changes.map((change) => `\n${changeText(change)}`),
    ...(undecidable.length === 0 ? [] : ['\nnot known, because it depends on what is asked:\n']),
    ...undecidable.map(undecidableText),
    ...(isCut ? ['\nthere are more users and Services than were tried\n'] : []),
    ...(unread === 0 ? [] : [`\n${counted(unread, 'line')} of the log left out: there are too many different ones\n`]),
  ].join('');
}
