import type { Target } from '../subjects/subject.ts';

/** What came of sending one request again and again for a while, over connections that stay open. */
export interface LoadResult {
  readonly requests: number;
  /** Requests that failed, or were answered with a status from 400 on. */
  readonly errors: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly name: string;
  run(target: Target, connections: number, seconds: number): Promise<LoadResult>;
}
