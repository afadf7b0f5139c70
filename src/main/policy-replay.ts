import { createReadStream } from 'node:fs';
import { formatDiagnostic, hasErrors } from '../base/diagnostic.ts';
import { AppError, fileProblem } from '../base/errors.ts';
import type { Connect, Io, ResourcesFrom } from '../cli/command.ts';
import { policyReplayCommand as commandOf, type ReplayTool } from '../cli/commands/policy-replay.ts';
import { linesOf } from '../cli/lines.ts';
import { readConfigPaths } from '../control/sources/files.ts';
import { type RunningTexts, runningTexts, toldOf } from './running-texts.ts';

/** On files no gateway needs to run. */
export const policyReplayCommand = (connect: Connect) => commandOf({ connect, load, readLog });

async function load(from: ResourcesFrom, samples: number, err: Io['err']): Promise<ReplayTool | null> {
  const { texts, domain } = await readResources(from);
  const [{ assembleOffline }, { Replay }] = await Promise.all([import('./offline.ts'), import('./replay/replay.ts')]);
  const { diagnostics, compiled } = assembleOffline(texts, domain);
  for (const diagnostic of toldOf(from, diagnostics)) err(`${formatDiagnostic(diagnostic)}\n`);
  return hasErrors(diagnostics) ? null : new Replay(compiled.snapshot, samples);
}

async function readResources(from: ResourcesFrom): Promise<RunningTexts> {
  if (from.kind === 'running') return runningTexts(from.gateway);
  return { texts: await readConfigPaths(from.paths), domain: 'localhost' };
}

/** A log is read as a stream: it may be larger than memory. */
export async function* readLog(path: string, io: Pick<Io, 'stdin'>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of path === '-' ? io.stdin() : fileChunks(path)) {
    if (isFirst && isGzip(chunk)) throw compressed(path);
    isFirst = false;
    yield chunk;
  }
}

async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) yield chunk as Buffer;
  } catch (cause) {
    throw new AppError('not-found', `${path} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}

/** RFC 1952 section 2.3.1. */
function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function compressed(path: string): AppError {
  const [what, from] = path === '-' ? ['standard input', ''] : [path, ` ${path}`];
  return new AppError('invalid', `${what} is compressed by gzip: zcat${from} | ostiary … --log -`);
}

/** The requests of access logs, for `diff`. */
export async function readRequests(logs: readonly string[], io: Pick<Io, 'stdin'>) {
  const { LoggedRequests } = await import('./replay/logged-requests.ts');
  const requests = new LoggedRequests();
  for (const log of logs) {
    for await (const lines of linesOf(readLog(log, io))) for (const line of lines) requests.take(line);
  }
  return requests.report();
}
