import { execFileSync } from 'node:child_process';
import { findProgram } from './processes.ts';

/** Cores that this process, and what it starts from then on, is held to. */
export interface Cores {
  /** Those that it could have. */
  readonly all: readonly number[];
  hold(cores: readonly number[]): void;
}

/** `null` where there is no taskset(1). */
export function ownCores(): Cores | null {
  const program = findProgram('taskset');
  if (program === null) return null;
  const run = (...args: string[]) => execFileSync(program, [...args, String(process.pid)], { encoding: 'utf8' });
  return {
    all: parseCores(run('-pc')),
    hold: (cores) => void run('-pc', cores.join(',')),
  };
}

/** As in `pid 7's current affinity list: 0,2-4`. */
export function parseCores(text: string): number[] {
  const ranges = text.slice(text.lastIndexOf(':') + 1).split(',');
  return ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
