import type { Connect } from '../cli/command.ts';
import { policyTestCommand as commandOf, type TestOptions } from '../cli/commands/policy-test.ts';
import type { TestReport } from '../cli/policy-test/report.ts';
import { runningTexts } from './running-texts.ts';

/** Offline: the gateway's own steps are loaded when the command runs. */
export const policyTestCommand = (connect: Connect) => commandOf({ connect, run, watch });

async function run(paths: readonly string[], { domain, explain, gateway }: TestOptions): Promise<TestReport> {
  const [{ readTests, readTestsOf }, { runTests }] = await Promise.all([
    import('./policy-test/files.ts'),
    import('./policy-test/run.ts'),
  ]);
  const now = Date.now();
  if (gateway === null) return runTests({ ...(await readTests(paths)), domain, explain, now });
  const running = await runningTexts(gateway);
  return runTests({ ...(await readTestsOf(paths, running.texts)), domain: running.domain, explain, now });
}

/** Runs as long as the process does: files that change are what it waits for. */
async function watch(paths: readonly string[], changed: () => Promise<void>, failed: (thrown: unknown) => void) {
  const [{ FileSource, isConfigFile }, { watchedPaths }] = await Promise.all([
    import('../control/sources/files.ts'),
    import('./policy-test/files.ts'),
  ]);
  const source = new FileSource(watchedPaths(paths), [], isConfigFile);
  await source.read();
  await changed();
  source.watch(changed, failed);
  return new Promise<never>(() => setInterval(() => undefined, ALIVE_MS));
}

/** A watch alone keeps no process alive. */
const ALIVE_MS = 3_600_000;
