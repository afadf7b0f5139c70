import type { Directory } from '../../identity/directory/directory.ts';
import type { Identification } from '../../identity/identification.ts';
import type { Principal } from '../../identity/principal.ts';
import type { PolicyInput } from '../../policies/input.ts';
import type { Awaitable } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import type { BodyLimits } from './body-budget.ts';
import type { Exchange, RequestHead } from './exchange.ts';
import type { OpenStreams } from './open-streams.ts';
import type { Outcome, Refusal, Response } from './outcome.ts';
import type { Reason } from './reasons.ts';

/** What the pipeline is made of; `main.ts` hands it in, tests hand in their own. */
export interface KernelParts {
  readonly clock: Clock;
  /** Asked for each request of a Service that consumes identity. */
  readonly identify: (request: RequestHead, directory: Directory) => Awaitable<Identification>;
  /** For what stays open: whether the session that it began in still acts. */
  readonly identifyAgain: (sessionUid: string, directory: Directory) => Awaitable<Identification>;
  /** What conditions see of an exchange that was routed and identified, or would see if somebody else acted. */
  readonly buildInput: (x: Exchange, principal?: Principal) => PolicyInput;
  /** Who acts, once a second factor was shown now; `null`: that is nothing for them. Left out: for nobody. */
  readonly raised?: (principal: Principal) => Principal | null;
  /** Our own addresses: `/.ostiary/…` on every host, and everything on the auth host. `null`: it made another request of it. */
  readonly site: (x: Exchange) => Awaitable<Outcome | null>;
  /** Spells a refusal for the protocol and the caller: redirect, page, JSON problem. */
  readonly spell: (x: Exchange, refusal: Refusal) => Response;
  /**
   * The answer to a refusal that takes time, such as one that keeps what a form sent; `null`, also in the end: it is
   * spelled like any other. Must not throw. Left out: all are.
   */
  readonly answerLater?: (x: Exchange, refusal: Refusal) => Promise<Response | null> | null;
  readonly observers: readonly Observer[];
  /** Whether this debug token is good; left out: none is. */
  readonly acceptsDebugToken?: (token: string) => boolean;
  /** Answers that stay open for long, so that they can be ended when their session is. */
  readonly streams: OpenStreams;
  readonly bodyLimits: BodyLimits;
}

/** Told of every exchange that ended: answered, refused or aborted. Must not throw. */
export interface Observer {
  accepted?(x: Exchange): void;
  settled(x: Exchange): void;
  /** A request that never became an exchange, because its head could not be read. */
  unparsed?(request: UnparsedRequest): void;
}

export interface UnparsedRequest {
  readonly id: string;
  readonly clientAddress: string;
  readonly reason: Reason;
  readonly status: number;
  readonly detail: string | null;
}

/** Sends an answer downstream. One protocol engine, one implementation. */
export interface ResponseWriter {
  /**
   * Sends the answer and tells `settlement` exactly once, perhaps before it returns. Never throws. A 101 makes a
   * tunnel of the connection: `x.body` is what the client sends in it, `response.body` what it receives.
   */
  send(x: Exchange, response: Response, settlement: Settlement): void;
}

/** Waits for the end of an answer. */
export interface Settlement {
  /** `whole`: the answer went out as it was; otherwise the downstream went away, or the body was cut off. */
  settled(x: Exchange, whole: boolean): void;
}

export interface Kernel {
  /** Takes one exchange through every step and hands its answer to `writer`. Never throws. */
  handle(x: Exchange, writer: ResponseWriter): void;
  refusedUnparsed(request: UnparsedRequest): void;
}
