import type { ApplyAnswer, ApplyText } from '../../admin/api.ts';
import type { CountedRequest, DecisionDiff, DecisionsWanted } from '../../admin/decision-api.ts';
import { formatDiagnostic } from '../../base/diagnostic.ts';
import { AppError } from '../../base/errors.ts';
import { ADMIN_OPTIONS, type Command, type Invocation, type Io, text, texts } from '../command.ts';
import { changeText, counted, undecidableText } from '../decision-text.ts';
import { type ApplyDeps, printPlan, SELECTION, send, textsOf } from './apply.ts';
import { samplesOf } from './policy-replay.ts';

export interface DiffDeps extends ApplyDeps {
  /** The requests of access logs that differ in what decides, each once. */
  readonly readRequests: (logs: readonly string[], io: Io) => Promise<LoggedRequests>;
  /** What changes between two sets of resources, without a gateway. */
  readonly compareTexts: (comparison: TextComparison) => Promise<ApplyAnswer>;
}

/** All resources of before and of after. */
export interface TextComparison {
  readonly before: readonly ApplyText[];
  readonly after: readonly ApplyText[];
  /** That Services are under. */
  readonly domain: string;
  readonly decisions: DecisionsWanted;
}

interface LoggedRequests {
  readonly requests: readonly CountedRequest[];
  /** Lines that were too many. */
  readonly left: number;
}

export function diffCommand(deps: DiffDeps): Command {
  return {
    name: 'diff',
    usage:
      'PATH|-… [--prune] [--include KIND]… [--exclude KIND]… [--data DIR] | -f OLD… [--domain NAME] PATH|-… ' +
      '[--log FILE|-]… [--samples N]',
    summary: 'Show what these resources would change, and which decisions: exit 0 nothing, 2 something, 1 error.',
    options: {
      ...ADMIN_OPTIONS,
      ...SELECTION,
      file: { type: 'string', short: 'f', multiple: true },
      domain: { type: 'string' },
      log: { type: 'string', multiple: true },
      samples: { type: 'string' },
    },
    run: (invocation) => diff(deps, invocation),
  };
}

async function diff(deps: DiffDeps, invocation: Invocation): Promise<number> {
  const { options, io } = invocation;
  checkQuestion(invocation);
  const samples = samplesOf(text(options, 'samples'));
  const logs = texts(options, 'log');
  const logged = logs.length === 0 ? null : await deps.readRequests(logs, io);
  const answer = await answerOf(deps, invocation, { requests: logged?.requests ?? null, samples });
  for (const diagnostic of answer.diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
  if (!answer.accepted) return 1;
  printPlan(io, answer);
  if (answer.plan.every(({ operation }) => operation === 'unchanged')) return 0;
  if (answer.decisions !== undefined) io.out(decisionsText(answer.decisions, logged?.left ?? 0));
  return 2;
}

/** What only one of the two ways has is not silently without effect in the other. */
function checkQuestion({ options, positionals }: Invocation): void {
  if (positionals.length === 0)
    throw new AppError('usage', 'with what should it be compared? Give files or directories');
  const isOfFiles = texts(options, 'file').length > 0;
  const other = Object.keys(isOfFiles ? { ...ADMIN_OPTIONS, ...SELECTION } : { domain: true });
  const given = other.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    const where = isOfFiles
      ? 'a running gateway; files are compared whole'
      : 'files (-f); a running gateway has its own';
    throw new AppError('usage', `--${given} is for ${where}`);
  }
  const readers = [...texts(options, 'log'), ...positionals].filter((path) => path === '-');
  if (readers.length > 1) throw new AppError('usage', 'standard input is either the resources or a log');
}

async function answerOf(deps: DiffDeps, invocation: Invocation, decisions: DecisionsWanted): Promise<ApplyAnswer> {
  const { options, positionals, io } = invocation;
  const old = texts(options, 'file');
  if (old.length === 0) return send(deps, invocation, { dryRun: true, compare: true, decisions });
  const [before, after] = [await deps.readPaths(old), await textsOf(deps, positionals, io)];
  return deps.compareTexts({ before, after, domain: text(options, 'domain') ?? 'localhost', decisions });
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
