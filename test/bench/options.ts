import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Of each measurement; every case is measured once a round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Names of the cases to run; empty: all. */
  readonly cases: readonly string[];
  /** `wrk` where it is installed, unless the own one is asked for. */
  readonly load: 'wrk' | 'own' | null;
  /** Share of the large sizes: long bodies, idle connections. */
  readonly scale: number;
  readonly json: boolean;
  /** Directory for CPU profiles of the gateway, `null`: none is taken. A profile makes the run slower. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench [-- [--seconds N] [--rounds N] [--connections N] [--scale N] [--case NAME]...
                  [--load wrk|own] [--json] [--profile DIR]]
`;

/** @throws Error on an option that is not known or a number that cannot be. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '16' },
      scale: { type: 'string', default: '1' },
      case: { type: 'string', multiple: true, default: [] },
      load: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  return {
    seconds: atLeast(0.1, values.seconds, '--seconds'),
    rounds: Math.floor(atLeast(1, values.rounds, '--rounds')),
    connections: Math.floor(atLeast(1, values.connections, '--connections')),
    scale: atLeast(0.001, values.scale, '--scale'),
    cases: values.case,
    load: loadName(values.load),
    json: values.json,
    profile: values.profile ?? null,
  };
}

function atLeast(least: number, text: string, option: string): number {
  const number = Number(text);
  if (number >= least && number <= 3600) return number;
  throw new Error(`${option} must be a number from ${least} to 3600, not "${text}"`);
}

function loadName(text: string | undefined): BenchOptions['load'] {
  if (text === undefined) return null;
  if (text === 'wrk' || text === 'own') return text;
  throw new Error(`--load must be wrk or own, not "${text}"`);
}
