import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from '../figure.ts';
import type { Load } from '../load/load.ts';
import type { BenchOptions } from '../options.ts';
import { findProgram } from '../processes.ts';
import { type StartedGateway, startGateway } from '../subjects/gateway-process.ts';

/** What a case works with. Everything that is started ends with the stack, which is the case's own. */
export interface Bench {
  readonly stack: AsyncDisposableStack;
  readonly options: BenchOptions;
  readonly load: Load;
  /** For the files of this case; removed after the bench. */
  readonly directory: string;
  readonly say: (line: string) => void;
  /** Told of peers that are not installed. */
  readonly missing: (name: string) => void;
}

export interface Case {
  readonly name: string;
  run(bench: Bench): Promise<readonly Figure[]>;
}

/** The path of a program, `null` and a line in the report when it is not installed. */
export function peerProgram({ missing }: Bench, name: string): string | null {
  const program = findProgram(name);
  if (program === null) missing(name);
  return program;
}

/** A gateway with these resources, in the case's directory. @param port any free one when left out */
export function caseGateway(
  bench: Bench,
  resources: string,
  args: readonly string[] = [],
  port?: number,
): Promise<StartedGateway> {
  mkdirSync(bench.directory, { recursive: true });
  const directory = mkdtempSync(join(bench.directory, 'gateway-'));
  const order = { directory, resources, args, profile: bench.options.profile };
  return startGateway(bench.stack, port === undefined ? order : { ...order, port });
}

export function scaled({ options }: Bench, size: number): number {
  return Math.max(1, Math.round(size * options.scale));
}
