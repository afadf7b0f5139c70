import { decodeProtectedHeader, errors, type JWTHeaderParameters, jwtVerify } from 'jose';
import type { Clock } from '../../src/base/clock.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { AcceptedJwt } from '../../src/model/index.ts';
import type { KeySet } from './key-set.ts';
import { checkClaims, rejected, type TokenCheck, type TokenDemands, type TokenRejection } from './verified-token.ts';

const USUAL_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const;
/** Between the clocks of the issuer and ours, for times at which a token begins. */
const SKEW_SECONDS = 5;
/** RFC 8725 3.10: a header that brings its own key, or an extension, is no header of a token that we know. */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'] as const;
/** OpenID Connect Core 2 and 3.3.2.11, Back-Channel Logout 2.4: access tokens have none of these. */
const CLAIMS_OF_OTHERS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;

/** Verifies JWTs of one issuer. */
export class JwtCheck {
  readonly #settings: AcceptedJwt;
  readonly #keys: KeySet;
  readonly #clock: Clock;
  readonly #demands: TokenDemands;

  constructor(settings: AcceptedJwt, keys: KeySet, clock: Clock) {
    this.#settings = settings;
    this.#keys = keys;
    this.#clock = clock;
    const { audiences, requiredScopes = [], requiredClaims = {} } = settings;
    this.#demands = { audiences, requiredScopes, requiredClaims };
  }

  get issuer(): string {
    return this.#settings.issuer;
  }

  /** Never rejects. */
  async check(token: string): Promise<TokenCheck> {
    const header = headerOf(token);
    const refusal = header === null ? invalid('its header cannot be read') : this.#checkHeader(header);
    if (refusal !== null) return refusal;
    try {
      return await this.#verify(token);
    } catch (thrown) {
      if (thrown instanceof errors.JOSEError) return invalid(`${thrown.code}: ${thrown.message}`);
      return rejected('identity-unavailable', messageOf(thrown));
    }
  }

  async #verify(token: string): Promise<TokenCheck> {
    const { issuer, audiences, algorithms } = this.#settings;
    const now = this.#clock.now();
    const { payload } = await jwtVerify(token, this.#keys.find, {
      issuer,
      audience: [...audiences],
      algorithms: [...(algorithms ?? USUAL_ALGORITHMS)],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now),
    });
    if (payload.iat !== undefined && payload.iat > now / 1000 + SKEW_SECONDS) return invalid('it is from the future');
    return this.#looksLikeAnother(payload) ?? checkClaims(payload, this.#demands, now, null);
  }

  /** RFC 8725 3.11: what was made for another purpose must not pass for an access token. */
  #checkHeader(header: JWTHeaderParameters): TokenRejection | null {
    const refused = REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));
    if (refused !== undefined) return invalid(`its header has ${refused}`);
    const type = typeOf(header.typ);
    if (type === 'at+jwt') return null;
    const mayBeUntyped = this.#settings.acceptTokensThatDoNotSayTheyAreAccessTokens === true;
    return mayBeUntyped && (type === 'jwt' || header.typ === undefined) ? null : invalid('it is not of type at+jwt');
  }

  #looksLikeAnother(payload: Readonly<Record<string, unknown>>): TokenRejection | null {
    const found = CLAIMS_OF_OTHERS.find((name) => payload[name] !== undefined);
    if (found !== undefined) return invalid(`it has ${found}, which access tokens have not`);
    // Keycloak tells its ID, refresh and logout tokens apart in this way.
    const isNamed = payload.typ !== undefined && typeOf(payload.typ) !== 'bearer';
    return isNamed ? invalid('it is not of type Bearer') : null;
  }
}

function headerOf(token: string): JWTHeaderParameters | null {
  try {
    const { alg, ...header } = decodeProtectedHeader(token);
    return typeof alg === 'string' ? { alg, ...header } : null;
  } catch {
    return null;
  }
}

/** RFC 7515 4.1.9: without regard to case, and "application/" may be left out. */
function typeOf(typ: unknown): string | null {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : null;
}

function invalid(why: string): TokenRejection {
  return rejected('token-invalid', why);
}
