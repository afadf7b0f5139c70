import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { TOKEN_PREFIX } from '../base/own-names.ts';

/** For how long a token may be made. */
export const LONGEST_DEBUG_LIFE = 60 * 60_000;

const PREFIX = `${TOKEN_PREFIX}debug_`;
/** `ost_debug_<end in seconds since 1970>_<HMAC-SHA256 in base64url>` */
const FORM = /^ost_debug_(\d{1,12})_([\w-]{43})$/;
const LONGEST = PREFIX.length + 12 + 1 + 43;

export interface DebugToken {
  readonly token: string;
  /** RFC 3339. */
  readonly expiresAt: string;
}

/**
 * Short-lived tokens of operators, who are then told with each answer what decided it. A token says nothing about who
 * has it and opens nothing: it only adds a header to answers.
 */
export class DebugTokens {
  readonly #key: Uint8Array;
  readonly #clock: Pick<Clock, 'now'>;

  /** @param secret shared by the processes that serve the same hosts; what is derived from it is for this alone */
  constructor(secret: Uint8Array, clock: Pick<Clock, 'now'>) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'ostiary debug tokens', 32));
    this.#clock = clock;
  }

  /** @param lifeMs at most `LONGEST_DEBUG_LIFE`; a longer one is cut */
  issue(lifeMs: number): DebugToken {
    const life = lifeMs > 0 ? Math.min(lifeMs, LONGEST_DEBUG_LIFE) : 0;
    const end = Math.floor((this.#clock.now() + life) / 1000);
    const token = `${PREFIX}${end}_${this.#mac(String(end))}`;
    return { token, expiresAt: new Date(end * 1000).toISOString() };
  }

  /** Whether it was issued under this secret and has not ended. */
  accepts(token: string): boolean {
    const [, end, mac] = token.length > LONGEST ? [] : (FORM.exec(token) ?? []);
    if (end === undefined || mac === undefined) return false;
    // As text: the last letter has bits that decoding drops, and one token has one spelling.
    return timingSafeEqual(Buffer.from(this.#mac(end)), Buffer.from(mac)) && this.#clock.now() < Number(end) * 1000;
  }

  #mac(end: string): string {
    return createHmac('sha256', this.#key).update(end).digest('base64url');
  }
}
