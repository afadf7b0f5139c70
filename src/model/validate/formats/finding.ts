import type { KeyPath } from '../../source.ts';

/** What is wrong with a value whose type is right. */
export interface Finding {
  readonly message: string;
  readonly suggestion?: string | null;
  readonly severity?: 'warning';
  /** Inside the value, when it is not the whole of it. */
  readonly path?: KeyPath;
}

/** `null` when nothing is wrong. A format is asked only when the type is right. */
export type Format<T> = (value: T) => Finding | null;
