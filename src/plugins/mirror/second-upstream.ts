import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Outbound } from '../outbound.ts';
import { CopiedBody } from './copied-body.ts';
import type { CopiedHead } from './copy.ts';

export interface SecondUpstreamParts {
  readonly outbound: Outbound;
  /** Copies, those whose bodies are still coming among them. */
  readonly mostAtOnce: number;
  /** Of a body. */
  readonly mostBytes: number;
  readonly count: (event: MirrorEvent) => void;
}

/** Answered; not answered; not sent, because it is too much or not a whole request. */
export type MirrorEvent = 'mirrored' | 'failed' | 'dropped';

/** A request that is going to be sent, for whose body it may wait. */
export interface Copy {
  /** The request is on its way. */
  begin(): void;
  /** The request is over: no more of it comes. */
  leave(): void;
}

/** Takes no more than so many copies of so many bytes, and keeps nobody waiting. */
export class SecondUpstream {
  readonly #parts: SecondUpstreamParts;
  #underWay = 0;

  constructor(parts: SecondUpstreamParts) {
    this.#parts = parts;
  }

  /** Has the body of the request copied as it passes. `null`: there is not going to be a copy, which is counted. */
  copyOf(x: Exchange, head: CopiedHead): Copy | null {
    const outgoing = x.outgoing!;
    const { body, upgrade } = outgoing;
    const { mostAtOnce, mostBytes, count } = this.#parts;
    if (upgrade !== null || this.#underWay >= mostAtOnce || (body?.length ?? 0) > mostBytes) {
      count('dropped');
      return null;
    }
    this.#underWay++;
    if (body === null) return this.#whole(x, head, null);
    if (body instanceof BufferedBody) return this.#whole(x, head, viewOf(body.bytes));
    const copied = new CopiedBody(body, mostBytes, (bytes) => {
      if (bytes === null) this.#over('dropped');
      else void this.#send(x, head, bytes);
    });
    outgoing.body = copied;
    return { begin: () => {}, leave: () => copied.leave() };
  }

  #whole(x: Exchange, head: CopiedHead, body: Buffer | null): Copy {
    return { begin: () => void this.#send(x, head, body), leave: () => {} };
  }

  async #send(x: Exchange, head: CopiedHead, body: Buffer | null): Promise<void> {
    const { kind } = await this.#parts.outbound.ask(x, { ...head, body });
    this.#over(kind === 'answered' ? 'mirrored' : 'failed');
  }

  #over(event: MirrorEvent): void {
    this.#underWay--;
    this.#parts.count(event);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
