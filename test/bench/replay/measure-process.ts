/**
 * Replays a log in a process of its own, as the command does, and prints how many decisions there were and the seconds
 * of CPU that the whole process took: `node measure-process.ts LOG RESOURCES`.
 */
import { adminClient } from '../../../src/admin/client.ts';
import { runCommandLine } from '../../../src/cli/run.ts';
import { policyReplayCommand } from '../../../src/main/policy-replay.ts';

const [log = '', file = ''] = process.argv.slice(2);
let out = '';
const io = {
  out: (text: string) => {
    out += text;
  },
  err: (text: string) => void process.stderr.write(text),
  env: {},
  readStdin: async () => Buffer.of(),
  stdin: async function* () {},
  write: async () => {},
};
process.exitCode = await runCommandLine(
  [policyReplayCommand(adminClient)],
  ['policy', 'replay', '--log', log, '-f', file, '-o', 'json'],
  io,
);
const { decided } = JSON.parse(out) as { readonly decided: number };
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ decided, seconds: (user + system) / 1e6 }));
