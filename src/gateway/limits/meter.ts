import type { Clock } from '../../base/clock.ts';
import type { LimitRule } from './limits.ts';

/** Counts the requests of one key. Times are monotonic milliseconds. Room never shrinks but by `spend`. */
export interface Meter {
  /** Requests that might be counted now. */
  room(now: number): number;
  /** Counts `n` requests that were let through at `at`, which may be a while ago. */
  spend(n: number, at: number): void;
  /** Milliseconds until there is more room; 0 when nobody knows. */
  reset(now: number): number;
  /** Milliseconds that the next request has to wait. */
  delay(now: number): number;
  /** Milliseconds between requests that wait. */
  readonly spacing: number;
  /** It may be forgotten: a new one would say the same. */
  isIdle(now: number): boolean;
  /** A request counts as long as it lasts, and not by `spend`. */
  readonly isHeld: boolean;
  /** May be handed out ahead of requests. */
  readonly isLeasable: boolean;
  /** The rule may have another limit by now. */
  adopt(rule: LimitRule): void;
  /** Resolves once what was spent, and `held` more, outlives the process; `null`: it does, or need not. */
  secure(held: number): Promise<void> | null;
  /** Nothing more is counted: what was kept ahead is given back. */
  close(): void;
}

export interface MeterDeps {
  readonly clock: Clock;
  /** Where quotas are kept. */
  readonly ledger: Ledger;
}

/** What a quota has used, kept beyond the process. */
export interface Ledger {
  /** What is known from before, `null` for nothing. */
  read(id: string, key: string): Used | null;
  /** Resolves once it is kept; what is kept at the same time may be one commit. */
  keep(id: string, key: string, used: Used): Promise<void>;
}

export interface Used {
  /** Number of the day or the month. */
  readonly period: number;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}
