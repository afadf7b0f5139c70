import type { Clock } from '../../base/clock.ts';
import { HeaderList } from '../../base/header-list.ts';
import { type Body, BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { KeepAnswer, Look } from './answer-store.ts';
import { CapturedBody, copyOf } from './captured-body.ts';
import { type Directives, parseDirectives } from './directives.ts';
import { type Entry, ownTexts } from './entry.ts';
import type { Flight } from './flights.ts';
import { freshnessOf, type Moments } from './freshness.ts';
import type { Asked } from './request.ts';
import { isPublic, isStorable, variedBy } from './storable.ts';
import type { ResponseStore } from './store.ts';

export interface ReceptionParts {
  /** Has room for copies of what comes. */
  readonly store: ResponseStore;
  readonly clock: Clock;
  readonly ttl: number;
  readonly mostBytes: number;
  readonly shares: boolean;
}

/** An entry that may be kept, and by which key; `key` is `null` when it may not. */
interface Made {
  readonly entry: Entry;
  readonly key: string | null;
}

/** One request to the upstream, whose answer may be kept. */
export class Reception {
  readonly x: Exchange;
  readonly asked: Extract<Asked, { kind: 'read' }>;
  readonly #flight: Flight | null;
  readonly #parts: ReceptionParts;
  readonly #reading: KeepAnswer;
  readonly #askedAt: number;

  constructor(x: Exchange, asked: Reception['asked'], look: Look, parts: ReceptionParts, flight: Flight | null) {
    this.#flight = flight;
    this.x = x;
    this.asked = asked;
    this.#parts = parts;
    this.#reading = look.begin();
    this.#askedAt = parts.clock.monotonic();
  }

  /** Nothing is going to be kept, or it is. */
  over(): void {
    this.#reading.end();
    this.#flight?.land();
  }

  /** Keeps the answer once its body has gone by; `false`: it is not for keeping. */
  keep(response: Response): boolean {
    const { body } = response;
    const made = this.x.outgoing!.method === 'HEAD' ? null : this.entryOf(response, EMPTY);
    if (made === null || made.key === null || (body?.length ?? 0) > this.#parts.mostBytes) {
      this.over();
      return false;
    }
    if (body === null || body instanceof BufferedBody) {
      this.keepEntry({ ...made, entry: { ...made.entry, body: body === null ? EMPTY : copyOf(body.bytes) } });
    } else {
      response.body = this.#captured(body, made);
    }
    return true;
  }

  keepEntry({ entry, key }: Made): void {
    if (key !== null) this.#reading.keep(key, entry);
    this.over();
  }

  entryOf(response: Response, body: Buffer): Made {
    const { status, headers } = response;
    const directives = parseDirectives(headers.all('cache-control'));
    const { seen } = this.asked;
    const varied = variedBy(headers, seen, this.x.outgoing!.headers);
    const freshness = freshnessOf(headers, directives, this.#moments(), this.#parts.ttl);
    const entry = { status, headers: new HeaderList(ownTexts(headers.flat)), body, varied: varied ?? [], freshness };
    const isKept = varied !== null && isStorable(seen, response, directives) && isWorthIt(entry);
    return { entry, key: isKept ? this.#keyFor(directives) : null };
  }

  #keyFor(directives: Directives): string {
    const { key } = this.asked;
    return this.#parts.shares && isPublic(directives) ? key.shared : key.own;
  }

  #captured(body: Body, made: Made): Body {
    const { mostBytes, store } = this.#parts;
    return new CapturedBody(body, mostBytes, store, (bytes) => {
      if (bytes === null) this.over();
      else this.keepEntry({ ...made, entry: { ...made.entry, body: bytes } });
    });
  }

  #moments(): Moments {
    const { clock } = this.#parts;
    return { asked: this.#askedAt, answered: clock.monotonic(), answeredAt: clock.now() };
  }
}

const EMPTY = Buffer.alloc(0);

/** What is stale at once is of use only where the upstream can be asked whether it has changed. */
function isWorthIt({ freshness, headers }: Entry): boolean {
  return freshness.lifetime > 0 || headers.has('etag') || headers.has('last-modified');
}
