import type { Clock } from '../../src/base/clock.ts';
import { durationMs } from '../../src/base/duration.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { Introspection } from '../../src/model/index.ts';
import type { OpenSecret } from '../ports.ts';
import { fetchJson } from './fetch-json.ts';
import { checkClaims, rejected, type TokenCheck, type TokenDemands } from './verified-token.ts';

const USUAL_CACHE_MS = 30_000;
/** Beyond, tokens are not looked at: whoever sends made-up ones must not hold on to everything. */
const MOST_AT_ONCE = 64;

/** Asks whoever made opaque tokens about them (RFC 7662). */
export class IntrospectionCheck {
  readonly #settings: Introspection;
  readonly #clock: Clock;
  readonly #demands: TokenDemands;
  /** How long an answer is believed, in milliseconds. */
  readonly cacheMs: number;
  #asked = 0;

  constructor(settings: Introspection, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    const { audiences, requiredScopes = [], cacheDuration } = settings;
    this.#demands = { audiences, requiredScopes, requiredClaims: {} };
    this.cacheMs = (cacheDuration === undefined ? null : durationMs(cacheDuration)) ?? USUAL_CACHE_MS;
  }

  /** Never rejects. */
  async check(token: string, openSecret: OpenSecret): Promise<TokenCheck> {
    if (this.#asked >= MOST_AT_ONCE) return rejected('identity-unavailable', 'too many tokens are being asked about');
    this.#asked++;
    try {
      return await this.#ask(token, openSecret);
    } catch (thrown) {
      return rejected('identity-unavailable', messageOf(thrown));
    } finally {
      this.#asked--;
    }
  }

  async #ask(token: string, openSecret: OpenSecret): Promise<TokenCheck> {
    const { url, clientID, clientSecret } = this.#settings;
    const secret = openSecret(clientSecret.fromSecret);
    if (secret === null) return rejected('identity-unavailable', `there is no Secret "${clientSecret.fromSecret}"`);
    const authorization = basic(clientID, secret.reveal());
    const body = new URLSearchParams({ token, token_type_hint: 'access_token' });
    const answer = await fetchJson(url, { method: 'POST', headers: { authorization }, body });
    if (typeof answer !== 'object' || answer === null)
      return rejected('identity-unavailable', 'the answer is no object');
    return this.#judge(answer as Record<string, unknown>);
  }

  #judge(answer: Readonly<Record<string, unknown>>): TokenCheck {
    const { active, iss, token_type, nbf } = answer;
    const now = this.#clock.now();
    if (active !== true) return rejected('token-invalid', 'it is not active');
    if (typeof token_type === 'string' && token_type.toLowerCase() !== 'bearer') {
      return rejected('token-invalid', 'it is no bearer token');
    }
    if (typeof nbf === 'number' && nbf * 1000 > now) return rejected('token-invalid', 'it is not valid yet');
    const { issuer } = this.#settings;
    if (issuer !== undefined && iss !== undefined && iss !== issuer) {
      return rejected('token-invalid', 'it is of another issuer');
    }
    return checkClaims(this.#withSubject(answer), this.#demands, now, now + this.cacheMs);
  }

  /** RFC 7662 2.2 leaves `sub` open; a program that acts for itself has none at some servers. */
  #withSubject(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const { sub, client_id } = answer;
    if (sub !== undefined || this.#settings.takeClientIDWhereThereIsNoSubject !== true) return answer;
    return { ...answer, sub: client_id };
  }
}

/** RFC 6749 2.3.1: encoded as in a form before they are joined. */
function basic(clientID: string, secret: string): string {
  const encoded = (text: string) => new URLSearchParams({ _: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encoded(clientID)}:${encoded(secret)}`).toString('base64')}`;
}
