/**
 * `missing`: a field, key or index is not there. `error`: anything else that has no answer. `cost`: the evaluation
 * took more than it may.
 */
export type FailureKind = 'missing' | 'error' | 'cost';

/**
 * Why there is no value. `&&`, `||` and the macros absorb one when another operand decides; a final one is never
 * absorbed: the budget, and a name that a request has twice, so that nobody can say which value was meant.
 */
export class Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly isFinal: boolean;
  /** Where in the source it arose, UTF-16 offset; -1 when not known. */
  readonly at: number;

  constructor(kind: FailureKind, message: string, at = -1, isFinal = kind === 'cost') {
    this.kind = kind;
    this.message = message;
    this.at = at;
    this.isFinal = isFinal;
  }
}

export function failure(message: string, at = -1): Failure {
  return new Failure('error', message, at);
}
