import type { Clock } from '../../src/base/clock.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { Lru } from '../../src/base/lru.ts';
import { SingleFlight } from '../../src/base/single-flight.ts';
import type { TokenCheck } from './verified-token.ts';

export interface MemoryTerms {
  readonly clock: Clock;
  /** How long a token stays good, in milliseconds; never beyond its end. */
  readonly goodMs: number;
  /** How long it stays bad, in milliseconds; 0: it is looked at again each time. */
  readonly badMs: number;
}

interface Remembered {
  readonly check: TokenCheck;
  /** Monotonic milliseconds. */
  readonly until: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

const MOST_GOOD = 2_000;
/** Apart from the good ones, so that whoever makes them up pushes nobody out. */
const MOST_BAD = 1_000;

/**
 * What was found out about tokens, by their hashes: of one endpoint, one audience and one list of scopes, since each
 * entry of each Service has a memory of its own. That nobody could be asked is not remembered.
 */
export class TokenMemory {
  readonly #terms: MemoryTerms;
  readonly #good = new Lru<string, Remembered>(MOST_GOOD);
  readonly #bad = new Lru<string, Remembered>(MOST_BAD);
  readonly #flights = new SingleFlight<string, TokenCheck>();

  constructor(terms: MemoryTerms) {
    this.#terms = terms;
  }

  remember(token: string, check: () => Promise<TokenCheck>): Promise<TokenCheck> {
    const hash = hashHandle(token);
    const known = this.#good.get(hash) ?? this.#bad.get(hash);
    if (known !== undefined && this.#counts(known)) return Promise.resolve(known.check);
    return this.#flights.run(hash, async () => this.#keep(hash, await check()));
  }

  #counts({ until, expiresAt }: Remembered): boolean {
    const { clock } = this.#terms;
    return clock.monotonic() < until && clock.now() < expiresAt;
  }

  #keep(hash: string, check: TokenCheck): TokenCheck {
    const { clock, goodMs, badMs } = this.#terms;
    this.#good.delete(hash);
    if (check.kind === 'verified') {
      this.#good.set(hash, { check, until: clock.monotonic() + goodMs, expiresAt: check.token.expiresAt });
    } else if (badMs > 0 && check.reason !== 'identity-unavailable') {
      this.#bad.set(hash, { check, until: clock.monotonic() + badMs, expiresAt: Number.POSITIVE_INFINITY });
    }
    return check;
  }
}
