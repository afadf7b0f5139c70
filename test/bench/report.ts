import { columns } from './columns.ts';
import { type Figure, isMet, ratio } from './figure.ts';
import type { Figures } from './measure.ts';

export interface Report {
  readonly load: string;
  readonly connections: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly scale: number;
  readonly node: string;
  readonly results: readonly CaseResult[];
  readonly figures: readonly Figure[];
  /** Peers that are not installed on this machine. */
  readonly missing: readonly string[];
  /** Cases that could not be measured, and why. */
  readonly failures: readonly string[];
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

const RESULT_COLUMNS: readonly (readonly [string, (result: CaseResult) => string])[] = [
  ['case', ({ name }) => name],
  ['requests/s', ({ requestsPerSecond }) => requestsPerSecond.toFixed(0)],
  ['CPU µs/request', ({ cpu }) => number(cpu, 1)],
  ['CPU to nginx', ({ cpuToNginx }) => number(cpuToNginx, 2)],
  ['p50 ms', ({ p50 }) => p50.toFixed(2)],
  ['p99 ms', ({ p99 }) => p99.toFixed(2)],
  ['RSS MB', ({ rss }) => number(rss === null ? null : rss / 1e6, 0)],
];

const FIGURE_COLUMNS: readonly (readonly [string, (figure: Figure) => string])[] = [
  ['figure', (figure) => `${figure.case}: ${figure.name}`],
  [
    'value',
    ({ value, noise }) => `${number(value, digits(value))}${noise === undefined ? '' : ` ± ${noise.toFixed(2)}`}`,
  ],
  ['unit', ({ unit }) => unit],
  ['target', ({ target }) => (target === null ? '' : `${target.kind === 'most' ? '<=' : '>='} ${target.value}`)],
  ['', (figure) => VERDICTS[String(isMet(figure)) as keyof typeof VERDICTS]],
];

const VERDICTS = { true: 'met', false: 'MISSED', null: '' } as const;

function number(value: number | null, digits: number): string {
  return value === null ? 'n/a' : value.toFixed(digits);
}

function digits(value: number | null): number {
  return value !== null && Math.abs(value) >= 100 ? 0 : 2;
}

export function table(report: Report): string {
  const { load, connections, seconds, rounds, node, results, figures, missing, failures } = report;
  return [
    ...(results.length === 0 ? [] : [...columns(RESULT_COLUMNS, results), '']),
    ...(figures.length === 0 ? [] : [...columns(FIGURE_COLUMNS, figures), '']),
    `medians of ${rounds} interleaved rounds, ${seconds} s each, ${connections} connections, load by ${load}, Node ${node}`,
    ...missing.map((name) => `${name} is not installed: left out`),
    ...failures.map((failure) => `not measured: ${failure}`),
    '',
  ].join('\n');
}
