import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Clock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import { Lru } from '../../../src/base/lru.ts';
import type { OidcIdentityToken } from '../../../src/model/index.ts';
import { guardedFetch } from '../../oidc/guarded-fetch.ts';
import { Discovery } from './discovery.ts';
import { RestAfterFailure } from './rest-after-failure.ts';

/** Milliseconds. */
const TIMEOUT = 5_000;
/** For a key that is not known the set is read again so often, in milliseconds. */
const LOOK_AGAIN_AFTER = 60_000;
const KEEP = 600_000;

/** The keys of issuers, read when they are needed. An issuer that does not answer lets nobody in. */
export class KeySets {
  readonly #clock: Clock;
  readonly #discovery: Discovery;
  readonly #sets = new Lru<string, JWTVerifyGetKey>(100);

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#discovery = new Discovery(clock, TIMEOUT);
  }

  /** @throws AppError `unavailable`: the issuer's discovery document cannot be read */
  async keysOf({ issuerURL, jwksURL, jwksContent }: OidcIdentityToken): Promise<JWTVerifyGetKey> {
    if (jwksContent !== undefined) {
      return this.#set(jwksContent, () => createLocalJWKSet(JSON.parse(jwksContent) as JSONWebKeySet));
    }
    const url = jwksURL ?? (await this.#discovery.keySetOf(issuerURL!));
    return this.#set(url, () => this.#remote(url));
  }

  #set(name: string, make: () => JWTVerifyGetKey): JWTVerifyGetKey {
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const made = make();
    this.#sets.set(name, made);
    return made;
  }

  #remote(url: string): JWTVerifyGetKey {
    const rest = new RestAfterFailure(this.#clock);
    return createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT,
      cooldownDuration: LOOK_AGAIN_AFTER,
      cacheMaxAge: KEEP,
      [customFetch]: (address, { headers, method, redirect, signal }) =>
        rest.run(async () => {
          const fields = Object.fromEntries(headers);
          const answer = await guardedFetch(address, { headers: fields, method, redirect, signal, body: null });
          if (answer.status !== 200) throw new AppError('unavailable', `the key set answers ${answer.status}`);
          return checked(await answer.text());
        }),
    });
  }
}

/** What is no key set is a failure too, after which the issuer is left alone. */
function checked(text: string): Response {
  const set = JSON.parse(text) as { readonly keys?: unknown } | null;
  if (!Array.isArray(set?.keys)) throw new AppError('unavailable', 'the issuer gives no key set');
  return new Response(text, { status: 200 });
}
