import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, type TestContext, test } from 'node:test';
import { findProgram, type ServerCommand, startServer } from '../bench/processes.ts';

/** Other people's clients and servers; `.ci/run` installs those that the tests name. */
export type Peer = 'curl' | 'wrk' | 'h2load' | 'nginx' | 'haproxy';

/** A test that needs a program. Without it the test is skipped, and with `CI=true` it fails. */
export function testWith(peer: Peer, title: string, body: (t: TestContext) => Promise<void>): void {
  const isThere = findProgram(peer) !== null;
  if (isThere || process.env.CI === 'true') {
    test(title, (t) => (isThere ? body(t) : assert.fail(`${peer} is missing`)));
    return;
  }
  test(title, { skip: `${peer} is missing` }, () => undefined);
}

export interface PeerResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a client to its end. */
export async function runPeer(peer: Peer, args: readonly string[]): Promise<PeerResult> {
  const child = spawn(findProgram(peer) ?? peer, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  after(() => child.kill('SIGKILL'));
  const chunks: { readonly out: Buffer[]; readonly err: Buffer[] } = { out: [], err: [] };
  child.stdout.on('data', (chunk: Buffer) => void chunks.out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void chunks.err.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { code, out: Buffer.concat(chunks.out).toString('latin1'), err: Buffer.concat(chunks.err).toString('latin1') };
}

/** Starts a server, if it is there; it ends with the test or the file that asked for it. */
export async function startPeer(peer: Peer, server: Omit<ServerCommand, 'command'>): Promise<void> {
  const command = findProgram(peer);
  if (command === null) return;
  const stack = new AsyncDisposableStack();
  after(() => stack.disposeAsync());
  await startServer(stack, { command, ...server });
}

/** What a load generator says of its requests. */
export interface LoadCount {
  readonly succeeded: number;
  readonly failed: number;
}

/** @param args the URL among them */
export async function runH2load(args: readonly string[]): Promise<LoadCount> {
  const { code, out, err } = await runPeer('h2load', args);
  assert.equal(code, 0, err);
  const total = countIn(out, /^requests: (\d+) total/m);
  const succeeded = countIn(out, /status codes: (\d+) 2xx/);
  return { succeeded, failed: total - succeeded };
}

/** @param args the URL among them */
export async function runWrk(args: readonly string[]): Promise<LoadCount> {
  const { code, out, err } = await runPeer('wrk', args);
  assert.equal(code, 0, err);
  const troubles = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(out)?.slice(1) ?? [];
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(out)?.[1] ?? 0);
  const failed = [...troubles, refused].map(Number).reduce((sum, count) => sum + count, 0);
  return { succeeded: countIn(out, /(\d+) requests in/) - refused, failed };
}

function countIn(text: string, pattern: RegExp): number {
  const count = pattern.exec(text)?.[1];
  assert.ok(count !== undefined, text);
  return Number(count);
}
