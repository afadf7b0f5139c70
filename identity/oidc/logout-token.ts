import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from 'jose';
import type { ServerMetadata } from 'openid-client';
import type { Clock } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import { CALL_TIMEOUT } from './connection.ts';
import { guardedFetch } from './guarded-fetch.ts';

/** Whose sessions a provider has ended: those of one of its own sessions, or all of a person. */
export interface LogoutToken {
  readonly issuer: string;
  readonly jti: string;
  readonly sid: string | null;
  readonly subject: string | null;
}

export type LogoutReading =
  | { readonly kind: 'read'; readonly token: LogoutToken }
  | { readonly kind: 'refused'; readonly detail: string };

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signatures with a public key; the client secret is no key here. */
const ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
];
/** What a logout token may call itself, without `application/`: some providers name no more than a JWT. */
const TYPES: ReadonlySet<string> = new Set(['logout+jwt', 'jwt']);
/** Seconds that a logout token may be old, and in the future. */
export const LOGOUT_TOKEN_AGE = 300;
const CLOCK_SKEW = 60;
const MOST_KEY_SETS = 100;

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Reads logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.6). Never rejects. */
export class LogoutTokens {
  readonly #clock: Clock;
  readonly #keys = new Lru<string, Keys>(MOST_KEY_SETS);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(text: string, clientID: string, server: ServerMetadata): Promise<LogoutReading> {
    const { issuer, jwks_uri: keysAt } = server;
    if (keysAt === undefined) return refused('the provider has no key set');
    try {
      const verified = await jwtVerify(text, this.#keysAt(keysAt), {
        issuer,
        audience: clientID,
        algorithms: ALGORITHMS.filter(
          (one) => server.id_token_signing_alg_values_supported?.includes(one) ?? one === 'RS256',
        ),
        requiredClaims: ['iat', 'jti', 'events'],
        maxTokenAge: LOGOUT_TOKEN_AGE,
        clockTolerance: CLOCK_SKEW,
        currentDate: new Date(this.#clock.now()),
      });
      return readClaims(verified.payload, verified.protectedHeader.typ, issuer);
    } catch (thrown) {
      return refused(messageOf(thrown));
    }
  }

  #keysAt(url: string): Keys {
    const known =
      this.#keys.get(url) ??
      createRemoteJWKSet(new URL(url), {
        [customFetch]: fetchKeys,
        timeoutDuration: CALL_TIMEOUT * 1000,
      });
    this.#keys.set(url, known);
    return known;
  }
}

type KeyFetch = (url: string, options: Pick<RequestInit, 'headers' | 'signal'>) => Promise<Response>;

const fetchKeys: KeyFetch = (url, { headers, signal }) =>
  guardedFetch(url, {
    method: 'GET',
    headers: Object.fromEntries(new Headers(headers)),
    body: undefined,
    redirect: 'manual',
    ...(signal instanceof AbortSignal && { signal }),
  });

/** What keeps ID tokens and access tokens from being taken for it. */
function readClaims(claims: JWTPayload, type: string | undefined, issuer: string): LogoutReading {
  const { jti, sid, sub, events, nonce } = claims;
  if (type !== undefined && !TYPES.has(type.toLowerCase().replace(/^application\//, ''))) {
    return refused(`the token is of type ${type}`);
  }
  if (nonce !== undefined) return refused('the token has a nonce, as ID tokens do');
  if (!isLogout(events)) return refused('the token has no logout event');
  if (typeof jti !== 'string' || jti === '' || jti.length > 512) return refused('the token has no usable jti');
  if (!isTextOrAbsent(sid) || !isTextOrAbsent(sub)) return refused('sid and sub must be texts');
  if (sid === undefined && sub === undefined) return refused('the token has neither sid nor sub');
  return { kind: 'read', token: { issuer, jti, sid: sid ?? null, subject: sub ?? null } };
}

function isLogout(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || !Object.hasOwn(events, EVENT)) return false;
  const event = (events as Readonly<Record<string, unknown>>)[EVENT];
  return typeof event === 'object' && event !== null;
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '');
}

function refused(detail: string): LogoutReading {
  return { kind: 'refused', detail };
}
