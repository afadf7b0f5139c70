import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose';
import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import { fetchJson } from './fetch-json.ts';
import { type KeyFinder, KeySet } from './key-set.ts';

const MOST_SETS = 1_000;
const MOST_KEYS = 200;
/** Key types whose public part verifies; `oct` is a secret and has no business in a published set. */
const ASYMMETRIC: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);
/** Where an issuer describes itself: OpenID Connect Discovery 4, RFC 8414 3. */
const DISCOVERY: readonly ((issuer: URL) => string)[] = [
  ({ origin, pathname }) => `${origin}${pathname.replace(/\/$/, '')}/.well-known/openid-configuration`,
  ({ origin, pathname }) => `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`,
];

/** The key sets of all issuers: Services that take tokens of one share it. */
export class KeySets {
  readonly #clock: Clock;
  readonly #sets = new Lru<string, KeySet>(MOST_SETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param url `null`: as its discovery document says */
  of(issuer: string, url: string | null): KeySet {
    const key = url === null ? `issuer ${issuer}` : `url ${url}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const set = new KeySet(async () => read(url ?? (await discovered(issuer))), this.#clock);
    this.#sets.set(key, set);
    return set;
  }
}

async function read(url: string): Promise<KeyFinder> {
  const document = await fetchJson(url);
  const listed = memberOf(document, 'keys');
  if (!Array.isArray(listed) || listed.length > MOST_KEYS) throw new AppError('unavailable', 'that is no key set');
  const keys = listed.filter((key): key is JWK => ASYMMETRIC.has(memberOf(key, 'kty')));
  return createLocalJWKSet({ keys } satisfies JSONWebKeySet);
}

async function discovered(issuer: string): Promise<string> {
  let problem: unknown = null;
  for (const addressOf of DISCOVERY) {
    try {
      return keysOf(issuer, await fetchJson(addressOf(new URL(issuer))));
    } catch (thrown) {
      problem ??= thrown;
    }
  }
  throw problem;
}

/** OpenID Connect Discovery 4.3: whoever says that it is another issuer is not believed. */
function keysOf(issuer: string, document: unknown): string {
  if (memberOf(document, 'issuer') !== issuer) {
    throw new AppError('unavailable', 'the discovery document is that of another issuer');
  }
  const url = memberOf(document, 'jwks_uri');
  if (typeof url !== 'string') throw new AppError('unavailable', 'the discovery document names no keys');
  return url;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
