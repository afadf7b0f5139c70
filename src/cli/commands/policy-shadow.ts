import type { DecisionChange, ShadowAnswer, Undecidable } from '../../admin/decision-api.ts';
import { AppError } from '../../base/errors.ts';
import {
  ADMIN_OPTIONS,
  type Command,
  type Connect,
  dataDirectory,
  type Invocation,
  type Io,
  text,
  texts,
} from '../command.ts';
import { changeText, counted, linesText, undecidableText } from '../decision-text.ts';
import { linesOf } from '../lines.ts';
import { samplesOf, wantsJson } from './policy-replay.ts';

/** Collects what the lines of an access log say about shadow policies; `main` supplies it when the command runs. */
export interface ShadowLogTool {
  take(line: string): void;
  report(): ShadowLogReport;
}

interface ShadowLogReport {
  readonly lines: number;
  readonly disagreeing: number;
  readonly policies: readonly { readonly policy: string; readonly changes: readonly DecisionChange[] }[];
  readonly unreadable: readonly Undecidable[];
}

export interface ShadowDeps {
  readonly connect: Connect;
  /** @param samples requests to keep of each disagreement */
  readonly load: (samples: number) => Promise<ShadowLogTool>;
  readonly readLog: (path: string, io: Io) => AsyncIterable<Buffer>;
}

export function policyShadowCommand(deps: ShadowDeps): Command {
  return {
    name: 'policy shadow',
    usage: '[--log FILE|-]… [--samples N] [-o text|json] [--data DIR]',
    summary: 'Show where shadow policies would decide otherwise: of a running gateway, or with --log of an access log.',
    options: {
      ...ADMIN_OPTIONS,
      log: { type: 'string', multiple: true },
      samples: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
    run: async (invocation) => {
      const { options, positionals } = invocation;
      if (positionals.length > 0) throw new AppError('usage', 'a log is given with --log');
      const isJson = wantsJson(text(options, 'output') ?? 'text');
      const report =
        texts(options, 'log').length > 0 ? await ofLogs(deps, invocation) : await ofGateway(deps, invocation);
      invocation.io.out(isJson ? `${JSON.stringify(report.data, null, 2)}\n` : report.text());
      return 0;
    },
  };
}

interface Report {
  readonly data: object;
  readonly text: () => string;
}

async function ofLogs({ load, readLog }: ShadowDeps, { options, io }: Invocation): Promise<Report> {
  const tool = await load(samplesOf(text(options, 'samples')));
  for (const log of texts(options, 'log')) {
    for await (const lines of linesOf(readLog(log, io))) for (const line of lines) tool.take(line);
  }
  const data = tool.report();
  return { data, text: () => logText(data) };
}

function logText({ lines, disagreeing, policies, unreadable }: ShadowLogReport): string {
  const head = `${counted(lines, 'line')}: ${counted(disagreeing, 'request')} would be decided otherwise\n`;
  const blocks = policies.flatMap(({ policy, changes }) => [
    `\n${linesText([`Policy ${policy}`])}`,
    ...changes.map((change) => `\n${changeText(change)}`),
  ]);
  return `${head}${blocks.join('')}${unreadable.length === 0 ? '' : `\n${unreadable.map(undecidableText).join('')}`}`;
}

async function ofGateway({ connect }: ShadowDeps, invocation: Invocation): Promise<Report> {
  const data = await connect(dataDirectory(invocation)).shadow();
  return { data, text: () => gatewayText(data) };
}

function gatewayText({ policies, disagreements }: ShadowAnswer): string {
  if (policies.length === 0 && disagreements.length === 0) return 'no policy is a shadow\n';
  const agreeing = policies.filter((name) => disagreements.every(({ policy }) => policy !== name));
  const lines = disagreements.map(({ policy, service, would, count }) => {
    const now = would === 'allow' ? 'denied' : 'allowed';
    return `${policy}  Service/${service}  ${counted(count, 'request')} ${now}, would ${would}\n`;
  });
  return [...lines, ...agreeing.map((name) => `${name}  no disagreement\n`)].join('');
}
