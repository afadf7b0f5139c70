import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Io } from '../../src/cli/command.ts';
import { runCommandLine } from '../../src/cli/run.ts';

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
  readonly cwd?: string;
  /** Most files and connections that the command may have open. */
  readonly descriptors?: number;
}

export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const LAUNCHER = fileURLToPath(new URL('../../bin/ostiary', import.meta.url));
const LONGEST_RUN_MS = 60_000;

/** Starts `bin/ostiary` as a user's shell does: nothing of the tests' own environment is handed on. */
export function spawnOstiary(args: readonly string[], options: CommandOptions = {}): ChildProcess {
  const { env = {}, cwd, descriptors } = options;
  const { PATH, HOME, TMPDIR } = process.env;
  const base = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined));
  const limited = ['-c', `ulimit -n ${descriptors}; exec "$0" "$@"`, LAUNCHER, ...args];
  const [command, given] = descriptors === undefined ? [LAUNCHER, [...args]] : ['/bin/sh', limited];
  return spawn(command, given, { env: { ...base, ...env }, ...(cwd === undefined ? {} : { cwd }) });
}

/** Runs one command to its end. */
export function ostiary(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = spawnOstiary(args, options);
  const out = collect(child.stdout!);
  const err = collect(child.stderr!);
  // A command that does not read its input may be gone before it is written.
  child.stdin!.on('error', () => undefined).end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out: out.text, err: err.text });
    });
  });
}

/**
 * The same in this process, for tests whose subject is not how a process of it begins and ends: starting one takes longer
 * than what most commands do.
 */
export async function ostiaryHere(args: readonly string[], input = ''): Promise<CommandResult> {
  const { COMMANDS } = await import('../../src/main/commands.ts');
  const [out, err]: [string[], string[]] = [[], []];
  const stdin = async function* () {
    yield Buffer.from(input);
  };
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    env: {},
    readStdin: async () => Buffer.from(input),
    stdin,
    write: async (text) => void out.push(text),
  };
  const code = await runCommandLine(COMMANDS, args, io);
  return { code, out: out.join(''), err: err.join('') };
}

/** The text that a stream has given so far. */
export function collect(stream: NodeJS.ReadableStream): { readonly text: string } {
  const collected = { text: '' };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    collected.text += chunk;
  });
  return collected;
}
