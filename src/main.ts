import type { Command, Io } from './cli/command.ts';
import { runCommandLine } from './cli/run.ts';
import { celCommand } from './main/cel.ts';
import { refuseUnsafeRuntime } from './main/runtime.ts';

const io: Io = {
  isTerminal: process.stdout.isTTY === true && !process.env.NO_COLOR,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  readStdin: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin()) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  stdin: () => process.stdin as AsyncIterable<Buffer>,
  write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
};

/** They go on when nobody looks any more. */
const LASTING: ReadonlySet<string | undefined> = new Set(['serve', 'dev']);

/** What a shell says of a program that SIGPIPE ended, which the runtime ignores. */
const BROKEN_PIPE = 141;

/** Whoever read the output has gone, as `head` does. */
function endWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(BROKEN_PIPE));
}

/** The gateway takes most of the time that a command needs to start; `cel` does without it. */
async function commands(word: string | undefined): Promise<readonly Command[]> {
  return word === celCommand.name ? [celCommand] : (await import('./main/commands.ts')).COMMANDS;
}

refuseUnsafeRuntime();
const args = process.argv.slice(2);
if (!LASTING.has(args[0])) endWithoutReader();
process.exitCode = await runCommandLine(await commands(args[0]), args, io);
