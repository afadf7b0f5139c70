import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 20_000;
const STOP_MS = 10_000;
const LOOPBACK = '127.0.0.1';

/** The program of that name in PATH or where systems keep servers, `null` when there is none. */
export function findProgram(name: string): string | null {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return directories.map((directory) => join(directory, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** On which it will listen. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server and waits until it listens; the stack ends it. Gives its process id. */
export async function startServer(stack: AsyncDisposableStack, server: ServerCommand): Promise<number> {
  const child = spawn(server.command, server.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...server.env },
  });
  stack.defer(() => stop(child));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${server.command} ended before it listened:\n${said}`);
  });
  failed.catch(() => {});
  await Promise.race([untilListening(server.port, server.command, child), failed]);
  return child.pid!;
}

async function untilListening(port: number, name: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end && child.exitCode === null; await sleep(50)) {
    if (await answers(port)) return;
  }
  throw new Error(`${name} does not listen on port ${port} after ${START_MS / 1000} seconds`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(timer);
}

/** A process that is asked line by line, and answers each line with one of JSON. */
export interface Companion {
  ask(line: string): Promise<unknown>;
}

/** Starts a script of the bench beside it; the stack ends it. */
export function startCompanion(stack: AsyncDisposableStack, script: string, order: object): Companion {
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['pipe', 'pipe', 'inherit'] });
  stack.defer(() => stop(child));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (line) => {
      child.stdin.write(`${line}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error(`${script} ended instead of answering "${line}"`);
      return JSON.parse(value) as unknown;
    },
  };
}

/** What a command that ends by itself wrote to standard output. @throws Error when it failed */
export async function outputOf(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ''} failed:\n${err || out}`);
  return out;
}
