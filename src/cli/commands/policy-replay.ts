import type { DecisionChange, Undecidable } from '../../admin/decision-api.ts';
import { AppError } from '../../base/errors.ts';
import {
  type Command,
  type Connect,
  dataDirectory,
  flag,
  type Invocation,
  type Io,
  type ResourcesFrom,
  text,
  texts,
} from '../command.ts';
import { changeText, counted, undecidableText } from '../decision-text.ts';
import { linesOf } from '../lines.ts';

/** Decides recorded requests again; `main` supplies it when the command runs. */
export interface ReplayTool {
  take(line: string): void;
  report(): ReplayReport;
}

interface ReplayReport {
  readonly lines: number;
  readonly decided: number;
  readonly changed: number;
  readonly changes: readonly DecisionChange[];
  readonly without: readonly Undecidable[];
  readonly undecidable: readonly Undecidable[];
}

export interface ReplayDeps {
  readonly connect: Connect;
  /**
   * Compiles resources, to decide with them. Diagnostics go to `err`.
   * @param samples requests to keep of each change
   * @returns `null` when they have errors
   */
  readonly load: (from: ResourcesFrom, samples: number, err: Io['err']) => Promise<ReplayTool | null>;
  readonly readLog: (path: string, io: Io) => AsyncIterable<Buffer>;
}

const SAMPLES = 3;

export function policyReplayCommand(deps: ReplayDeps): Command {
  return {
    name: 'policy replay',
    usage: '--log FILE|-… -f PATH…|--running [--samples N] [--fail-on-change] [-o text|json] [--data DIR]',
    summary: 'Decide the requests of an access log again with these resources, and show what would have changed.',
    options: {
      log: { type: 'string', multiple: true },
      file: { type: 'string', short: 'f', multiple: true },
      running: { type: 'boolean' },
      data: { type: 'string' },
      samples: { type: 'string' },
      'fail-on-change': { type: 'boolean' },
      output: { type: 'string', short: 'o' },
    },
    run: (invocation) => replay(deps, invocation),
  };
}

async function replay(deps: ReplayDeps, invocation: Invocation): Promise<number> {
  const { options, positionals, io } = invocation;
  const logs = texts(options, 'log');
  if (positionals.length > 0) throw new AppError('usage', 'resources are given with -f, logs with --log');
  if (logs.length === 0)
    throw new AppError('usage', 'which requests? Give an access log: --log FILE, or - for standard input');
  const from = resourcesFrom(deps, invocation);
  const isJson = wantsJson(text(options, 'output') ?? 'text');
  const tool = await deps.load(from, samplesOf(text(options, 'samples')), io.err);
  if (tool === null) return 1;
  for (const log of logs) {
    for await (const lines of linesOf(deps.readLog(log, io))) for (const line of lines) tool.take(line);
  }
  const report = tool.report();
  io.out(isJson ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return flag(options, 'fail-on-change') && !isPassed(report) ? 1 : 0;
}

function resourcesFrom({ connect }: ReplayDeps, invocation: Invocation): ResourcesFrom {
  const { options } = invocation;
  const paths = texts(options, 'file');
  const isRunning = flag(options, 'running');
  if (isRunning === paths.length > 0) {
    throw new AppError(
      'usage',
      'with which resources? Give files or directories, -f PATH, or those that serve: --running',
    );
  }
  if (isRunning) return { kind: 'running', gateway: connect(dataDirectory(invocation)) };
  if (text(options, 'data') !== null) throw new AppError('usage', '--data goes with --running');
  return { kind: 'files', paths };
}

/** A log of which nothing could be decided proves nothing. */
function isPassed({ lines, decided, changed }: ReplayReport): boolean {
  return changed === 0 && (decided > 0 || lines === 0);
}

export function samplesOf(given: string | null): number {
  if (given === null) return SAMPLES;
  if (/^\d{1,4}$/.test(given)) return Number(given);
  throw new AppError('usage', `--samples is a number of requests to show of each change, not "${given}"`);
}

export function wantsJson(format: string): boolean {
  if (format === 'json' || format === 'text') return format === 'json';
  throw new AppError('usage', `unknown format "${format}", one of: text, json`);
}

function reportText({ lines, decided, changed, changes, without, undecidable }: ReplayReport): string {
  return [
    `${counted(lines, 'line')}, ${decided} decided again: ${counted(changed, 'decision')} would change\n`,
    ...changes.map((change) => `\n${changeText(change)}`),
    ...section('decided as if these, which are not in the files, had no policies and scopes:', without),
    ...section(`${counted(lines - decided, 'line')} not decided again:`, undecidable),
    undecidable.some(({ why }) => why.startsWith('there is no ')) ? IN_THE_STORE : '',
  ].join('');
}

const IN_THE_STORE = `
what a gateway has in its store is not in the files: ask it with "ostiary diff PATH… --log FILE", or give what it has with
one more -f: ostiary get user -o yaml > users.yaml
`;

function section(title: string, rows: readonly Undecidable[]): string[] {
  return rows.length === 0 ? [] : [`\n${title}\n`, ...rows.map(undecidableText)];
}
