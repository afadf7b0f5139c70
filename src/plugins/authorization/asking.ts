import { createHash } from 'node:crypto';
import { durationMs } from '../../base/duration.ts';
import { AppError, messageOf } from '../../base/errors.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Outcome, type Refusal, refuse, respond } from '../../gateway/outcome.ts';
import type { Duration } from '../../model/scalars.ts';
import type { PluginDeps } from '../deps.ts';
import type { Outbound, OutboundAnswer, OutboundRequest } from '../outbound.ts';

/** Questions of one plugin under way. */
export const MOST_QUESTIONS = 128;
/** Milliseconds. */
const USUAL_TIMEOUT_MS = 2_000;
const LONGEST_TIMEOUT_MS = 30_000;

export type Answered = Extract<OutboundAnswer, { kind: 'answered' }>;

/** Asks an authorization service. Requests about which the same is asked at the same time share the answer. */
export class Asking {
  readonly #outbound: Outbound;
  readonly #flights = new SingleFlight<string, OutboundAnswer>();

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
  }

  /** Never rejects. */
  async ask(x: Exchange, request: OutboundRequest): Promise<OutboundAnswer> {
    try {
      return await this.#flights.run(keyOf(x, request), () => this.#outbound.ask(x, request));
    } catch (thrown) {
      return { kind: 'failed', message: messageOf(thrown) };
    }
  }
}

/** All that is asked, and with which generation of our own certificate. */
function keyOf({ snapshot }: Exchange, { method, path, query, headers, body }: OutboundRequest): string {
  const head = JSON.stringify([snapshot.generation, method, path, query, headers.flat]);
  return createHash('sha256')
    .update(head)
    .update('\0')
    .update(body ?? '')
    .digest('base64url');
}

/** No answer that counts is no permission. */
export function unavailable({ place }: PluginDeps, why: string): Refusal {
  return refuse('authorization-unavailable', `${place.plugin}: ${why}`);
}

export interface Denial {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** The answer of the service itself, with what every refusal of ours has; the log has the reason. */
export function denied(x: Exchange, { status, headers, body }: Denial, { place }: PluginDeps): Outcome {
  x.refusal = refuse('authorization-denied', `${place.plugin}: it answered ${status}`);
  headers.set('cache-control', 'no-store');
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-ostiary-request-id', x.id);
  headers.set('x-ostiary-reason', 'authorization-denied');
  return respond(status, headers, body.byteLength === 0 ? null : new BufferedBody(body));
}

/** Milliseconds. @throws AppError `invalid` */
export function timeoutOf(given: Duration | undefined): number {
  const timeout = (given === undefined ? null : durationMs(given)) ?? USUAL_TIMEOUT_MS;
  if (timeout > LONGEST_TIMEOUT_MS)
    throw new AppError('invalid', 'timeout is more than 30s, for which clients would wait');
  return timeout;
}
