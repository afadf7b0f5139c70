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
import type { AnswerStore, Look } from './answer-store.ts';
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
interface Stale {
  readonly look: Look;
  readonly entry: Entry;
}

type Answered = Awaitable<Response | Refusal>;

/** Keys whose answers were not for keeping a moment ago: those who ask for them do not wait for each other. */
const MOST_UNSTORABLE = 200;

/** Answers of one config's upstream. */
export class ResponseCache {
  readonly #settings: CacheSettings;
  readonly #answers: AnswerStore;
  readonly #store: ResponseStore;
  readonly #clock: Clock;
  readonly #asked: Slot<Asked>;
  readonly #flights = new Flights();
  readonly #unstorable = new Lru<string, true>(MOST_UNSTORABLE);

  constructor(settings: CacheSettings, answers: AnswerStore, { responses, clock, slot }: PluginDeps) {
    this.#settings = settings;
    this.#answers = answers;
    this.#store = responses;
    this.#clock = clock;
    this.#asked = slot();
  }

  /** Before credentials are added, which are new for each request, and follow from config and identity. */
  look(x: Exchange): null {
    this.#asked.set(x, askedOf(x, { ...this.#settings, area: this.#answers.area }));
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
    return after(this.#look(x, asked), (look) => {
      if (this.#isUsable(look, asked)) return this.#hit(x, asked, look.entry);
      if (asked.directives.has('only-if-cached')) return nothingKept();
      return this.#mayWait(x, asked)
        ? this.#together(x, asked, upstream, look)
        : this.#ask(x, asked, upstream, look, null);
    });
  }

  #look({ outgoing }: Exchange, { key }: Read): Awaitable<Look> {
    return this.#answers.look(key, outgoing!.headers, this.#settings.shares);
  }

  #isUsable(look: Look, { directives }: Read): look is Look & { readonly entry: Entry } {
    return look.entry !== null && isUsable(look.entry.freshness, directives, this.#clock.monotonic());
  }

  /** Whether the answer for one may be the answer for all who ask the same now. */
  #mayWait({ outgoing }: Exchange, { key, directives, seen }: Read): boolean {
    if (outgoing!.method === 'HEAD' || directives.size > 0 || this.#unstorable.get(key.own) === true) return false;
    return !seen.has('if-none-match') && !seen.has('if-modified-since');
  }

  #together(x: Exchange, asked: Read, upstream: Upstream, look: Look): Answered {
    const { own } = asked.key;
    const flight = this.#flights.get(own);
    if (flight === null) return this.#ask(x, asked, upstream, look, this.#flights.start(own));
    return flight.wait(x).then((gaveUp) => gaveUp ?? this.#afterWaiting(x, asked, upstream));
  }

  /** Nobody waits twice. */
  #afterWaiting(x: Exchange, asked: Read, upstream: Upstream): Answered {
    return after(this.#look(x, asked), (look) =>
      this.#isUsable(look, asked) ? this.#hit(x, asked, look.entry) : this.#ask(x, asked, upstream, look, null),
    );
  }

  #ask(x: Exchange, asked: Read, upstream: Upstream, look: Look, flight: Flight | null): Answered {
    const parts = { ...this.#settings, store: this.#store, clock: this.#clock };
    const reception = new Reception(x, asked, look, parts, flight);
    const stale = x.outgoing!.method === 'HEAD' ? null : look.entry;
    if (stale === null || !hasValidator(stale.headers)) {
      return askAnd(reception, upstream, (result) => this.#received(reception, result, stale === null ? null : look));
    }
    askForChange(x.outgoing!.headers, stale);
    return askAnd(reception, upstream, (result) =>
      !('kind' in result) && result.status === 304
        ? this.#validated(reception, upstream, { look, entry: stale }, result)
        : this.#received(reception, result, look),
    );
  }

  /** @param stale what the answer takes the place of */
  #received(reception: Reception, result: Response | Refusal, stale: Look | null): Response | Refusal {
    if ('kind' in result) {
      reception.over();
      return result;
    }
    const { asked } = reception;
    // An upstream that is in trouble says nothing about what it said before.
    if (result.status < 500) stale?.forget();
    if (reception.keep(result)) this.#unstorable.delete(asked.key.own);
    else this.#unstorable.set(asked.key.own, true);
    return this.#told(result, 'MISS');
  }

  #validated(reception: Reception, upstream: Upstream, { look, entry }: Stale, told: Response): Answered {
    const { x, asked } = reception;
    told.body?.destroy();
    look.forget();
    if (!isAbout(entry, told.headers)) {
      forgetConditions(x.outgoing!.headers);
      return askAnd(reception, upstream, (result) => this.#received(reception, result, null));
    }
    const headers = updated(entry.headers, told.headers);
    const made = reception.entryOf({ status: entry.status, headers, body: null }, entry.body);
    reception.keepEntry(made);
    return this.#told(answerWith(x, made.entry, asked.seen, this.#clock.monotonic()), 'HIT');
  }

  #changed(target: string, result: Response | Refusal): Answered {
    // Whoever is refused has changed nothing; what became of a request that failed is not known.
    const mayHaveChanged = 'kind' in result || result.status < 400 || result.status >= 500;
    if (!mayHaveChanged) return this.#told(result, 'MISS');
    return after(this.#answers.changed(target), () => this.#told(result, 'MISS'));
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
function after<T>(given: Awaitable<T>, then: (value: T) => Answered): Answered {
  return isPromise(given) ? given.then(then) : then(given);
}
