import type { LimitRule } from './limits.ts';

/** What became of requests that were handed out ahead. */
export interface Report {
  readonly id: string;
  readonly key: string;
  /** Of the counter of all keys without a place of their own. */
  readonly isShared: boolean;
  /** Requests that were let through since the last report. */
  readonly used: number;
  /** Milliseconds since the last of them; clocks of two processes cannot be compared. */
  readonly ageMs: number;
  /** Given back. */
  readonly unused: number;
}

export interface Question {
  readonly rule: LimitRule;
  readonly key: string;
  /** Requests that wait. */
  readonly count: number;
  readonly report: Report;
}

export interface Grant {
  /** How many of those that wait are allowed. */
  readonly granted: number;
  /** Handed out ahead, for requests to come. */
  readonly extra: number;
  readonly isShared: boolean;
  /** Requests that might follow, those handed out ahead included. */
  readonly remaining: number;
  readonly resetMs: number;
  /** Of the first one, and how much later each one after it goes on. */
  readonly delayMs: number;
  readonly spacingMs: number;
}

/** Whoever counts, as a worker sees it. */
export interface Owner {
  ask(question: Question): Promise<Grant>;
  giveBack(reports: readonly Report[]): void;
}

/** A worker, as whoever counts sees it. */
export interface Holder {
  /** Gives back what it has not used. Rejects when the worker has ended. */
  recall(what: { readonly id: string; readonly key: string }): Promise<Report>;
}
