import { stringify } from 'yaml';
import { adminClient } from './admin/client.ts';
import type { Command, Connect, Io } from './cli/command.ts';
import { applyCommand, diffCommand } from './cli/commands/apply.ts';
import { createCommands } from './cli/commands/create.ts';
import { deleteCommand, getCommand } from './cli/commands/get.ts';
import { keysCommand } from './cli/commands/keys.ts';
import { sessionCommands } from './cli/commands/sessions.ts';
import { runCommandLine } from './cli/run.ts';
import { readConfigPath } from './control/sources/files.ts';
import { devCommand } from './main/dev.ts';
import { refuseUnsafeRuntime } from './main/runtime.ts';
import { serveCommand } from './main/serve.ts';
import { schemaCommand, validateCommand } from './main/validate.ts';
import { findKind, KIND_NAMES } from './model/index.ts';

const connect: Connect = (dataDirectory) => adminClient(`${dataDirectory}/admin.sock`);
const kinds = { find: findKind, all: KIND_NAMES };

const COMMANDS: readonly Command[] = [
  serveCommand,
  devCommand,
  validateCommand,
  applyCommand({ connect, kinds, readPath: readConfigPath }),
  diffCommand({ connect, kinds, readPath: readConfigPath }),
  getCommand({ connect, kinds, toYaml: (resources) => resources.map((one) => stringify(one)).join('---\n') }),
  deleteCommand({ connect, kinds }),
  ...createCommands(connect),
  ...sessionCommands(connect),
  keysCommand(connect),
  schemaCommand,
];

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
process.exitCode = await runCommandLine(COMMANDS, process.argv.slice(2), io);
