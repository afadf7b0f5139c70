import type { Command, Io } from './cli/command.ts';
import { runCommandLine } from './cli/run.ts';
import { celCommand } from './main/cel.ts';
import { refuseUnsafeRuntime, tuneRuntime } from './main/runtime.ts';

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
  // An error: whoever read the output has gone, as `head` does.
  write: (text) =>
    new Promise((resolve) => process.stdout.write(text, (error) => (error ? process.exit() : resolve()))),
};

/** The gateway takes most of the time that a command needs to start; `cel` does without it. */
async function commands(word: string | undefined): Promise<readonly Command[]> {
  return word === celCommand.name ? [celCommand] : (await import('./main/commands.ts')).COMMANDS;
}

refuseUnsafeRuntime();
tuneRuntime();
const args = process.argv.slice(2);
process.exitCode = await runCommandLine(await commands(args[0]), args, io);
