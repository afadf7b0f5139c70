import type { Io } from './cli/command.ts';
import { runCommandLine } from './cli/run.ts';
import { COMMANDS } from './main/commands.ts';
import { refuseUnsafeRuntime, tuneRuntime } from './main/runtime.ts';

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  readStdin: async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
};

refuseUnsafeRuntime();
tuneRuntime();
process.exitCode = await runCommandLine(COMMANDS, process.argv.slice(2), io);
