import type { AdminApi } from '../../admin/api.ts';
import { formatDiagnostic, hasErrors } from '../../base/diagnostic.ts';
import { AppError, messageOf } from '../../base/errors.ts';
import { type Command, type Connect, dataDirectory, flag, type Invocation, text } from '../command.ts';
import { junit } from '../policy-test/junit.ts';
import { readable } from '../policy-test/readable.ts';
import { coveredPercent, failedCases, type TestReport } from '../policy-test/report.ts';
import { tap } from '../policy-test/tap.ts';

export interface PolicyTestDeps {
  readonly connect: Connect;
  /** Tries the cases of files and directories. */
  readonly run: (paths: readonly string[], options: TestOptions) => Promise<TestReport>;
  /** Calls `changed` now and whenever one of the files changed; what it throws then goes to `failed`. */
  readonly watch: (
    paths: readonly string[],
    changed: () => Promise<void>,
    failed: (thrown: unknown) => void,
  ) => Promise<never>;
}

export interface TestOptions {
  /** That Services are under. */
  readonly domain: string;
  /** Whose resources are tried; `null`: those beside the tests. */
  readonly gateway: AdminApi | null;
  /** Whether cases that fail come with what was looked at. */
  readonly explain: boolean;
}

const FORMATS = { text: readable, tap, junit } as const satisfies Record<string, (report: TestReport) => string>;

export function policyTestCommand(deps: PolicyTestDeps): Command {
  return {
    name: 'policy test',
    usage:
      'PATH… [--output text|tap|junit] [--coverage-min PERCENT] [--explain] [--domain NAME] [--watch] [--running [--data DIR]]',
    summary: 'Try the cases of *.test.yaml files on the policies beside them: exit 0 as expected, 1 not.',
    options: {
      output: { type: 'string', short: 'o' },
      'coverage-min': { type: 'string' },
      explain: { type: 'boolean' },
      domain: { type: 'string' },
      watch: { type: 'boolean' },
      running: { type: 'boolean' },
      data: { type: 'string' },
    },
    run: async (invocation) => {
      const settings = settingsOf(deps, invocation);
      const { positionals } = invocation;
      if (positionals.length === 0) throw new AppError('usage', 'what should be tested? Give files or directories');
      if (!flag(invocation.options, 'watch')) return runOnce(deps, invocation, settings);
      const failed = (thrown: unknown) => invocation.io.err(`ostiary: ${messageOf(thrown)}\n`);
      return deps.watch(positionals, () => runAgain(deps, invocation, settings), failed);
    },
  };
}

interface Settings extends TestOptions {
  readonly show: (report: TestReport) => string;
  /** Per cent of the rules that must decide a case. */
  readonly leastCoverage: number;
}

function settingsOf(deps: PolicyTestDeps, invocation: Invocation): Settings {
  const { options } = invocation;
  return {
    gateway: gatewayOf(deps, invocation),
    show: formatOf(text(options, 'output') ?? 'text'),
    leastCoverage: percentOf(text(options, 'coverage-min') ?? '0'),
    domain: text(options, 'domain') ?? 'localhost',
    explain: flag(options, 'explain'),
  };
}

function gatewayOf({ connect }: PolicyTestDeps, invocation: Invocation): AdminApi | null {
  const { options } = invocation;
  if (flag(options, 'running')) {
    if (flag(options, 'watch')) throw new AppError('usage', '--watch waits for files; what runs is tried once');
    if (text(options, 'domain') !== null) throw new AppError('usage', 'a running gateway has its own domain');
    return connect(dataDirectory(invocation));
  }
  if (text(options, 'data') !== null) throw new AppError('usage', '--data goes with --running');
  return null;
}

function formatOf(word: string): Settings['show'] {
  const known = Object.keys(FORMATS).find((name): name is keyof typeof FORMATS => name === word);
  if (known === undefined) {
    throw new AppError('usage', `unknown format "${word}", one of: ${Object.keys(FORMATS).join(', ')}`);
  }
  return FORMATS[known];
}

function percentOf(word: string): number {
  const percent = Number(word);
  if (/^\d{1,3}$/.test(word) && percent <= 100) return percent;
  throw new AppError('usage', `"${word}" is no percentage from 0 to 100`);
}

async function runOnce(deps: PolicyTestDeps, { positionals, io }: Invocation, settings: Settings): Promise<number> {
  const report = await deps.run(positionals, settings);
  for (const diagnostic of report.diagnostics) io.err(`${formatDiagnostic(diagnostic)}\n`);
  const isTried = !hasErrors(report.diagnostics);
  if (isTried || settings.show !== readable) io.out(settings.show(report));
  if (!isTried || failedCases(report).length > 0) return 1;
  const percent = coveredPercent(report.coverage);
  if (percent >= settings.leastCoverage) return 0;
  io.err(`ostiary: ${percent} % of the rules decided a case, and --coverage-min is ${settings.leastCoverage}\n`);
  return 1;
}

/** A file may be half written, or gone for a moment: the next change is worth another try. */
async function runAgain(deps: PolicyTestDeps, invocation: Invocation, settings: Settings): Promise<void> {
  const { io } = invocation;
  try {
    await runOnce(deps, invocation, settings);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    io.err(`ostiary: ${thrown.message}\n`);
  }
  io.out('\n');
}
