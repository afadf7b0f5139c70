import type { Awaitable } from '../../base/awaitable.ts';
import { AppError } from '../../base/errors.ts';

export type Algorithm =
  | 'sliding-window'
  | 'fixed-window'
  | 'token-bucket'
  | 'leaky-bucket'
  | 'concurrency'
  | 'day'
  | 'month';

/** What is counted, and how far. Plain data: it travels between processes. */
export interface LimitRule {
  /** What counts together has the same one, in every process and generation. */
  readonly id: string;
  readonly algorithm: Algorithm;
  /** Requests in a window, or at a time. */
  readonly limit: number;
  /** Milliseconds; 0 where the algorithm has none. */
  readonly window: number;
  /** Buckets: requests beyond the steady rate, which go at once or wait. */
  readonly burst: number;
}

/** How one request stands to a limit. */
export interface Standing {
  readonly allowed: boolean;
  /** Requests that might follow. With several processes it may be less than there is. */
  readonly remaining: number;
  /** Milliseconds until there is more; 0 when nobody knows. */
  readonly resetMs: number;
  /** Milliseconds that the request has to wait before it goes on. */
  readonly delayMs: number;
  /** To be called once, when the request is over; `null` when nothing is held while it lasts. */
  readonly release: (() => void) | null;
}

/** Counts requests. The count is exact for all processes of a gateway: no more than the limit is ever allowed. */
export interface Limits {
  /** Counts a request, if it is allowed. Rejects when that cannot be said, which must refuse the request. */
  take(rule: LimitRule, key: string): Awaitable<Standing>;
}

/** Where nothing is served: whoever asks is refused. */
export const NO_LIMITS: Limits = {
  take: () => Promise.reject(new AppError('unavailable', 'requests are not counted here')),
};
