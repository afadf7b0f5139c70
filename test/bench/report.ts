import type { Figures } from './measure.ts';

export interface Report {
  readonly load: string;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly node: string;
  readonly results: readonly CaseResult[];
  /** Peers that are not installed on this machine. */
  readonly missing: readonly string[];
}

export interface CaseResult extends Figures {
  readonly name: string;
  /** CPU a request divided by that of nginx as a plain proxy; `null` without it. */
  readonly cpuToNginx: number | null;
}

/** Puts every case in relation to nginx. */
export function compare(cases: readonly (Figures & { readonly name: string })[]): CaseResult[] {
  const base = cases.find(({ name }) => name === 'nginx')?.cpu ?? null;
  return cases.map((one) => ({ ...one, cpuToNginx: ratio(one.cpu, base) }));
}

function ratio(cpu: number | null, base: number | null): number | null {
  return cpu === null || base === null || base === 0 ? null : cpu / base;
}

const COLUMNS: readonly (readonly [string, (result: CaseResult) => string])[] = [
  ['case', ({ name }) => name],
  ['requests/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(0)],
  ['CPU µs/request', ({ cpu }) => figure(cpu, 1)],
  ['CPU to nginx', ({ cpuToNginx }) => figure(cpuToNginx, 2)],
  ['p50 ms', ({ p50 }) => p50.toFixed(2)],
  ['p99 ms', ({ p99 }) => p99.toFixed(2)],
  ['RSS MB', ({ rss }) => figure(rss === null ? null : rss / 1e6, 0)],
];

function figure(value: number | null, digits: number): string {
  return value === null ? 'n/a' : value.toFixed(digits);
}

export function table(report: Report): string {
  const { load, connections, seconds, rounds, node, results, missing } = report;
  const rows = [COLUMNS.map(([title]) => title), ...results.map((result) => COLUMNS.map(([, cell]) => cell(result)))];
  const widths = COLUMNS.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const lines = rows.map((row) => row.map((cell, i) => pad(cell, widths[i]!, i === 0)).join('  '));
  const how = `medians of ${rounds} interleaved rounds, ${seconds} s each, ${connections} connections, load by ${load}, Node ${node}`;
  return [...lines, '', how, ...missing.map((name) => `${name} is not installed: left out`), ''].join('\n');
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width);
}
