import type { HeaderList } from '../base/header-list.ts';
import type { Body } from './body.ts';
import type { Reason } from './reasons.ts';

/** How an exchange ends, unless an upstream answers it. */
export type Outcome = Refusal | DirectResponse;

/** The request is refused. A value, never an exception; `downstream/refusals.ts` spells it for the protocol. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly reason: Reason;
  /** For the log only; `null` when the reason says it all. */
  readonly detail: string | null;
}

/** One of our own answers: a page, a redirect, what a plugin decided to say. */
export interface DirectResponse {
  readonly kind: 'response';
  readonly response: Response;
}

/** The head and body of an answer, whoever made it. 101 with a body: what the server sends in the tunnel. */
export interface Response {
  status: number;
  headers: HeaderList;
  body: Body | null;
}

/** Thrown by hooks that can give no outcome, such as those that see the answer. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail ?? refusal.reason);
    this.refusal = refusal;
  }
}

export function refuse(reason: Reason, detail: string | null = null): Refusal {
  return { kind: 'refusal', reason, detail };
}

export function respond(status: number, headers: HeaderList, body: Body | null = null): DirectResponse {
  return { kind: 'response', response: { status, headers, body } };
}
