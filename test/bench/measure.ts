import { get } from 'node:http';
import type { Load } from './load/load.ts';
import type { Subject, Target } from './subjects/subject.ts';
import { type Usage, usageOf } from './usage.ts';

/** One case of one round, or the medians of all rounds. */
export interface Figures {
  readonly requestsPerSecond: number;
  /** Microseconds of CPU for each request, `null` where the system does not tell. */
  readonly cpu: number | null;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Bytes, `null` where the system does not tell. */
  readonly rss: number | null;
}

export interface Shape {
  readonly load: Load;
  readonly connections: number;
  readonly seconds: number;
}

/** @throws Error when any request failed: a refusal is quick, and its figures would say nothing. */
export async function measure({ pid }: Subject, target: Target, shape: Shape): Promise<Figures> {
  const before = usageOf(pid);
  const { requests, errors, seconds, p50, p99 } = await shape.load.run(target, shape.connections, shape.seconds);
  const after = usageOf(pid);
  if (errors > 0 || requests === 0) throw new Error(`${target.name}: ${errors} errors in ${requests} requests`);
  const cpu = cpuOf(before, after, requests);
  return { requestsPerSecond: requests / seconds, cpu, p50, p99, rss: after?.rss ?? null };
}

function cpuOf(before: Usage | null, after: Usage | null, requests: number): number | null {
  return before === null || after === null ? null : ((after.cpu - before.cpu) * 1e6) / requests;
}

/** Asks once whether the request goes the way that the case is about. @throws Error when it does not */
export async function probe({ name, port, headers, echoPath, upstreamSees }: Target): Promise<void> {
  const { status, body } = await fetchOnce(port, echoPath, headers);
  if (status !== 200) throw new Error(`${name}: the first request was answered ${status}\n${body}`);
  if (upstreamSees !== null && !body.toLowerCase().includes(upstreamSees.toLowerCase())) {
    throw new Error(`${name}: the upstream did not see what the gateway should add`);
  }
}

function fetchOnce(port: number, path: string, headers: Target['headers']) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('latin1').on('data', (text: string) => {
        body += text;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body })).once('error', reject);
    }).once('error', reject);
  });
}

/** Of each figure by itself. */
export function medians(rounds: readonly Figures[]): Figures {
  return {
    requestsPerSecond: median(rounds.map((one) => one.requestsPerSecond)),
    cpu: medianOrNull(rounds.map((one) => one.cpu)),
    p50: median(rounds.map((one) => one.p50)),
    p99: median(rounds.map((one) => one.p99)),
    rss: medianOrNull(rounds.map((one) => one.rss)),
  };
}

export function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : median(known);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
