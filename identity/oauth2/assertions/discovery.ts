import type { Clock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import { Lru } from '../../../src/base/lru.ts';
import { SingleFlight } from '../../../src/base/single-flight.ts';
import { guardedFetch } from '../../oidc/guarded-fetch.ts';
import { RestAfterFailure } from './rest-after-failure.ts';

/** Milliseconds. */
const KEEP = 3_600_000;

interface Found {
  readonly url: string;
  readonly at: number;
}

/** Where issuers say that their keys are (OpenID Connect Discovery 1.0, 4). */
export class Discovery {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #found = new Lru<string, Found>(100);
  readonly #rests = new Lru<string, RestAfterFailure>(100);
  readonly #flights = new SingleFlight<string, string>();

  /** @param timeout in milliseconds */
  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** @throws AppError `unavailable` */
  async keySetOf(issuer: string): Promise<string> {
    const known = this.#found.get(issuer);
    if (known !== undefined && this.#clock.monotonic() - known.at < KEEP) return known.url;
    const rest = this.#rests.get(issuer) ?? new RestAfterFailure(this.#clock);
    this.#rests.set(issuer, rest);
    const url = await this.#flights.run(issuer, () => rest.run(() => this.#read(issuer)));
    this.#found.set(issuer, { url, at: this.#clock.monotonic() });
    return url;
  }

  async #read(issuer: string): Promise<string> {
    const answer = await guardedFetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
      method: 'GET',
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(this.#timeout),
      body: null,
    });
    if (answer.status !== 200) throw new AppError('unavailable', `discovery of ${issuer} answers ${answer.status}`);
    const { issuer: stated, jwks_uri: url } = (await answer.json()) as Record<string, unknown>;
    if (stated !== issuer)
      throw new AppError('unavailable', `the discovery document of ${issuer} names another issuer`);
    if (typeof url !== 'string') throw new AppError('unavailable', `${issuer} names no keys`);
    return url;
  }
}
