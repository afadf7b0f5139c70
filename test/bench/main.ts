/**
 * `npm run bench`: the gateway beside nginx, HAProxy and Caddy, in turn in one run, with CPU per request, latencies,
 * memory, ratios and what they should be. The load, the upstream and what is measured are processes of their own; see options.ts for the options.
 */
import { messageOf } from '../../src/base/errors.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { table } from './report.ts';
import { runBench } from './run.ts';

const stack = new AsyncDisposableStack();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stack.disposeAsync().finally(() => process.exit(1)));
}

let options: BenchOptions | null = null;
try {
  options = readOptions(process.argv.slice(2));
  const report = await runBench(stack, options, (line) => void process.stderr.write(`${line}\n`));
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `\n${table(report)}`);
  if (report.failures.length > 0) process.exitCode = 1;
} catch (thrown) {
  process.stderr.write(`bench: ${messageOf(thrown)}\n${options === null ? USAGE : ''}`);
  process.exitCode = 1;
} finally {
  await stack.disposeAsync();
}
