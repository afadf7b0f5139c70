import { Roster } from '../base/roster.ts';
import type { Exchange } from './exchange.ts';
import type { Refusal, Response } from './outcome.ts';

/**
 * Answers that may stay open long after their decision, because nothing says where they end: WebSockets, server-sent
 * events, gRPC calls, lines that follow one another. Whoever ends a session or changes what it may do judges them again
 * through this.
 */
export class OpenStreams {
  readonly #bySession = new Map<string, Roster<Exchange>>();
  readonly #withoutSession = new Roster<Exchange>();
  readonly #opened: (x: Exchange) => void;

  /** @param opened told of each one before anything of it is sent */
  constructor(opened: (x: Exchange) => void = () => {}) {
    this.#opened = opened;
  }

  /** A call whose client may send messages for long before anything is answered. */
  addAsked(x: Exchange): void {
    x.terminate = (refusal) => x.cancelUpstream?.(refusal);
    this.add(x);
  }

  /** Once more when it is answered: who ends it from then on is another. */
  add(x: Exchange): void {
    if (x.isOpenStream) {
      this.#opened(x);
      return;
    }
    x.isOpenStream = true;
    const session = sessionOf(x);
    if (session === null) this.#withoutSession.add(x);
    else this.#streamsOf(session).add(x);
    this.#opened(x);
  }

  delete(x: Exchange): void {
    if (!x.isOpenStream) return;
    x.isOpenStream = false;
    const session = sessionOf(x);
    if (session === null) {
      this.#withoutSession.delete(x);
      return;
    }
    const streams = this.#bySession.get(session);
    if (streams?.delete(x) === true && streams.size === 0) this.#bySession.delete(session);
  }

  /** Those that are open at this moment. */
  all(): Exchange[] {
    return [this.#withoutSession, ...this.#bySession.values()].flatMap((streams) => streams.all());
  }

  ofSession(uid: string): Exchange[] {
    return this.#bySession.get(uid)?.all() ?? [];
  }

  #streamsOf(session: string): Roster<Exchange> {
    const known = this.#bySession.get(session);
    if (known !== undefined) return known;
    const streams = new Roster<Exchange>();
    this.#bySession.set(session, streams);
    return streams;
  }

  /** Does nothing to one that has ended by itself. */
  end(x: Exchange, refusal: Refusal): void {
    if (!x.isOpenStream) return;
    x.refusal = refusal;
    x.terminate?.(refusal);
  }
}

/** Whether an answer may go on for as long as its sender likes. */
export function isOpenEnded({ body }: Response): boolean {
  return body !== null && body.length === null;
}

function sessionOf({ principal }: Exchange): string | null {
  return principal?.session?.metadata.uid ?? null;
}
