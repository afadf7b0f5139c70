import type { LimitRule, Standing } from './limits.ts';
import type { Report } from './messages.ts';

/** What this process knows of one key of one rule. */
export interface Lease {
  rule: LimitRule;
  readonly key: string;
  /** Handed out ahead. */
  free: number;
  /** Used, and not reported yet. */
  used: number;
  usedAt: number;
  /** Held by requests that last. */
  inUse: number;
  /** There is nothing before. */
  refusedUntil: number;
  resetAt: number;
  remaining: number;
  touchedAt: number;
  isAsking: boolean;
  waiting: Waiting[];
}

export interface Waiting {
  readonly resolve: (standing: Standing) => void;
  readonly reject: (thrown: unknown) => void;
}

export function newLease(rule: LimitRule, key: string): Lease {
  return {
    rule,
    key,
    free: 0,
    used: 0,
    usedAt: 0,
    inUse: 0,
    refusedUntil: 0,
    resetAt: 0,
    remaining: 0,
    touchedAt: 0,
    isAsking: false,
    waiting: [],
  };
}

export function nothing(id: string, key: string): Report {
  return { id, key, isShared: false, used: 0, ageMs: 0, unused: 0 };
}

export function refused(resetMs: number): Standing {
  return { allowed: false, remaining: 0, resetMs, delayMs: 0, release: null };
}

export function allowed(
  { remaining, resetAt }: Lease,
  now: number,
  delayMs: number,
  release: (() => void) | null,
): Standing {
  return { allowed: true, remaining, resetMs: Math.max(0, resetAt - now), delayMs, release };
}
