import type { CompiledText } from '../../../policies/text.ts';
import type { Awaitable } from '../../base/awaitable.ts';
import { isPromise } from '../../base/awaitable.ts';
import type { Clock } from '../../base/clock.ts';
import { Lru } from '../../base/lru.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Refusal, Response } from '../../gateway/outcome.ts';
import type { Slot } from '../../gateway/slot.ts';
import type { Upstream } from '../../gateway/snapshot.ts';
import type { PluginDeps } from '../deps.ts';
import { answerWith, nothingKept } from './answer.ts';
import type { Entry } from './entry.ts';
import { type Flight, Flights } from './flights.ts';
import { isUsable } from './freshness.ts';
import { askForChange, forgetConditions, isAbout, updated } from './preconditions.ts';
import { Reception } from './reception.ts';
import { type Asked, askedOf } from './request.ts';
import { hasValidator } from './storable.ts';
import type { ResponseStore } from './store.ts';

export interface CacheSettings {
  /** Milliseconds. */
  readonly ttl: number;
  readonly mostBytes: number;
  /** In X-Cache. */
  readonly tells: boolean;
  readonly shares: boolean;
  readonly postReads: boolean;
  readonly expression: CompiledText | null;
}

type Read = Extract<Asked, { kind: 'read' }>;
type Answered = Awaitable<Response | Refusal>;

/** Keys whose answers were not for keeping a moment ago: those who ask for them do not wait for each other. */
const MOST_UNSTORABLE = 200;

/** Answers of one config's upstream. */
export class ResponseCache {
  readonly #settings: CacheSettings;
  readonly #area: string;
  readonly #store: ResponseStore;
  readonly #clock: Clock;
  readonly #asked: Slot<Asked>;
  readonly #flights = new Flights();
  readonly #unstorable = new Lru<string, true>(MOST_UNSTORABLE);

  constructor(settings: CacheSettings, { responses, clock, slot }: PluginDeps) {
    this.#settings = settings;
    this.#store = responses;
    this.#clock = clock;
    this.#area = responses.newArea();
    this.#asked = slot();
  }

  /** Before credentials are added, which are new for each request, and follow from config and identity. */
  look(x: Exchange): null {
    this.#asked.set(x, askedOf(x, { ...this.#settings, area: this.#area }));
    return null;
  }

  forward(x: Exchange, upstream: Upstream): Answered {
    const asked = this.#asked.get(x);
    switch (asked?.kind) {
      case 'read':
        return this.#read(x, asked, upstream);
      case 'change':
        return after(upstream.forward(x), (result) => this.#changed(asked.target, result));
      default:
        return after(upstream.forward(x), (result) => this.#told(result, 'MISS'));
    }
  }

  #read(x: Exchange, asked: Read, upstream: Upstream): Answered {
    const found = this.#find(x, asked);
    if (found !== null && isUsable(found.freshness, asked.directives, this.#clock.monotonic())) {
      return this.#hit(x, asked, found);
    }
    if (asked.directives.has('only-if-cached')) return nothingKept();
    return this.#mayWait(x, asked) ? this.#together(x, asked, upstream) : this.#ask(x, asked, upstream, null);
  }

  /** Whether the answer for one may be the answer for all who ask the same now. */
  #mayWait({ outgoing }: Exchange, { key, directives, seen }: Read): boolean {
    if (outgoing!.method === 'HEAD' || directives.size > 0 || this.#unstorable.get(key.own) === true) return false;
    return !seen.has('if-none-match') && !seen.has('if-modified-since');
  }

  #together(x: Exchange, asked: Read, upstream: Upstream): Answered {
    const { own } = asked.key;
    const flight = this.#flights.get(own);
    if (flight === null) return this.#ask(x, asked, upstream, this.#flights.start(own));
    return flight.wait(x).then((gaveUp) => gaveUp ?? this.#afterWaiting(x, asked, upstream));
  }

  /** Nobody waits twice. */
  #afterWaiting(x: Exchange, asked: Read, upstream: Upstream): Answered {
    const found = this.#find(x, asked);
    return found !== null && isUsable(found.freshness, asked.directives, this.#clock.monotonic())
      ? this.#hit(x, asked, found)
      : this.#ask(x, asked, upstream, null);
  }

  #ask(x: Exchange, asked: Read, upstream: Upstream, flight: Flight | null): Answered {
    const stale = x.outgoing!.method === 'HEAD' ? null : this.#find(x, asked);
    const reception = new Reception(x, asked, { ...this.#settings, store: this.#store, clock: this.#clock }, flight);
    if (stale === null || !hasValidator(stale.headers)) {
      return askAnd(reception, upstream, (result) => this.#received(reception, result, stale));
    }
    askForChange(x.outgoing!.headers, stale);
    return askAnd(reception, upstream, (result) =>
      !('kind' in result) && result.status === 304
        ? this.#validated(reception, upstream, stale, result)
        : this.#received(reception, result, stale),
    );
  }

  #received(reception: Reception, result: Response | Refusal, stale: Entry | null): Response | Refusal {
    if ('kind' in result) {
      reception.over();
      return result;
    }
    const { asked } = reception;
    // An upstream that is in trouble says nothing about what it said before.
    if (stale !== null && result.status < 500) this.#forget(asked, stale);
    if (reception.keep(result)) this.#unstorable.delete(asked.key.own);
    else this.#unstorable.set(asked.key.own, true);
    return this.#told(result, 'MISS');
  }

  #validated(reception: Reception, upstream: Upstream, entry: Entry, told: Response): Answered {
    const { x, asked } = reception;
    told.body?.destroy();
    this.#forget(asked, entry);
    if (!isAbout(entry, told.headers)) {
      forgetConditions(x.outgoing!.headers);
      return askAnd(reception, upstream, (result) => this.#received(reception, result, null));
    }
    const headers = updated(entry.headers, told.headers);
    const made = reception.entryOf({ status: entry.status, headers, body: null }, entry.body);
    reception.keepEntry(made);
    return this.#told(answerWith(x, made.entry, asked.seen, this.#clock.monotonic()), 'HIT');
  }

  #changed(target: string, result: Response | Refusal): Response | Refusal {
    // Whoever is refused has changed nothing; what became of a request that failed is not known.
    if ('kind' in result || result.status < 400 || result.status >= 500) this.#store.changed(target);
    return this.#told(result, 'MISS');
  }

  #find(x: Exchange, { key }: Read): Entry | null {
    const { headers } = x.outgoing!;
    const shared = this.#settings.shares ? this.#store.find(key.shared, headers) : null;
    return shared ?? this.#store.find(key.own, headers);
  }

  #forget({ key }: Read, entry: Entry): void {
    this.#store.forget(key.own, entry);
    this.#store.forget(key.shared, entry);
  }

  #hit(x: Exchange, { seen }: Read, entry: Entry): Response | Refusal {
    x.body?.destroy();
    return this.#told(answerWith(x, entry, seen, this.#clock.monotonic()), 'HIT');
  }

  #told<R extends Response | Refusal>(result: R, word: 'HIT' | 'MISS'): R {
    if (this.#settings.tells && !('kind' in result)) result.headers.set('x-cache', word);
    return result;
  }
}

/** Whatever becomes of it, nobody goes on waiting. */
function askAnd(reception: Reception, upstream: Upstream, then: (result: Response | Refusal) => Answered): Answered {
  try {
    const given = upstream.forward(reception.x);
    if (!isPromise(given)) return then(given);
    return given.then(then).catch((thrown: unknown) => {
      reception.over();
      throw thrown;
    });
  } catch (thrown) {
    reception.over();
    throw thrown;
  }
}

/** Without a promise where there is none. */
function after(given: Answered, then: (result: Response | Refusal) => Response | Refusal): Answered {
  return isPromise(given) ? given.then(then) : then(given);
}
