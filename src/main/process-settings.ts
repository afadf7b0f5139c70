import { availableParallelism } from 'node:os';
import { type Static, Type } from 'typebox';
import { durationMs } from '../base/duration.ts';
import { AppError } from '../base/errors.ts';

/** How the gateway runs as processes, and what it takes on. */
export interface ProcessInstall {
  /** Processes that serve requests; 1: this one. */
  readonly workers: number;
  /** Milliseconds that requests under way have when the gateway stops. */
  readonly drain: number;
  readonly limits: ConnectionInstall;
}

export interface ConnectionInstall {
  /** Open connections in all; `null`: as many as the descriptor limit allows. */
  readonly connections: number | null;
  /** The same for one client address; `null`: no limit. */
  readonly connectionsPerAddress: number | null;
}

const Count = Type.Union([Type.Integer(), Type.String()]);

/** Part of the install file. Variables and flags bring texts where the file has numbers. */
export const PROCESS_SETTINGS = {
  workers: Type.Optional(Count),
  drain: Type.Optional(Type.String()),
  limits: Type.Optional(
    Type.Object(
      { connections: Type.Optional(Count), connectionsPerAddress: Type.Optional(Count) },
      { additionalProperties: false },
    ),
  ),
};
const ProcessSettings = Type.Object(PROCESS_SETTINGS);
export type ProcessSettings = Static<typeof ProcessSettings>;
export type LimitSettings = NonNullable<ProcessSettings['limits']>;

export const PROCESS_DEFAULTS = { workers: 1, drain: '30s' } as const;
const MOST_WORKERS = 256;

/** @throws AppError `usage` for what is no number, or no duration. */
export function processInstall({ workers, drain, limits = {} }: ProcessSettings): ProcessInstall {
  const { connections, connectionsPerAddress } = limits;
  return {
    workers: workerCount(workers ?? PROCESS_DEFAULTS.workers),
    drain: drainTime(drain ?? PROCESS_DEFAULTS.drain),
    limits: {
      connections: connections === undefined ? null : positive(connections, 'limits.connections'),
      connectionsPerAddress:
        connectionsPerAddress === undefined ? null : positive(connectionsPerAddress, 'limits.connectionsPerAddress'),
    },
  };
}

/** Key by key: a flag goes before a variable, a variable before the file. */
export function mergedLimits(settings: readonly (LimitSettings | undefined)[]): LimitSettings {
  return Object.assign({}, ...settings) as LimitSettings;
}

/** Of variables and flags. */
export function limitSettings([connections, connectionsPerAddress]: readonly (string | undefined)[]): LimitSettings {
  return {
    ...(connections !== undefined && { connections }),
    ...(connectionsPerAddress !== undefined && { connectionsPerAddress }),
  };
}

function workerCount(value: string | number): number {
  if (value === 'auto') return Math.min(MOST_WORKERS, availableParallelism());
  const count = positive(value, 'workers');
  if (count > MOST_WORKERS) throw new AppError('usage', `workers: at most ${MOST_WORKERS}, or auto`);
  return count;
}

function positive(value: string | number, name: string): number {
  const text = String(value);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError('usage', `${name}: "${text}" is not a whole number above 0`);
}

function drainTime(text: string): number {
  const ms = durationMs(text);
  // A timer cannot be longer.
  if (ms !== null && ms < 2 ** 31) return ms;
  throw new AppError('usage', `drain: "${text}" is not a duration such as 30s, 5m, 1h`);
}
