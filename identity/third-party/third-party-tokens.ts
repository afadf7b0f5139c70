import { decodeJwt } from 'jose';
import type { Clock } from '../../src/base/clock.ts';
import type { HeaderList } from '../../src/base/header-list.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { showsOwnToken, TOKEN_HEADER } from '../../src/base/own-names.ts';
import type { AcceptedToken } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { type Identification, NOT_RESPONSIBLE } from '../identification.ts';
import type { OpenSecret } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { IntrospectionCheck } from './introspection-check.ts';
import { JwtCheck } from './jwt-check.ts';
import type { KeySets } from './key-sets.ts';
import { principalOf } from './principal.ts';
import { TokenMemory } from './token-memory.ts';
import { rejected, type TokenCheck, type TokenRejection, type VerifiedToken } from './verified-token.ts';

/** What the configuration of a request's generation says. */
export interface TokenSurroundings {
  readonly directory: Directory;
  readonly isProviderEnabled: (name: string) => boolean;
  readonly openSecret: OpenSecret;
}

export interface ThirdPartyDeps {
  readonly keySets: KeySets;
  readonly clock: Clock;
  /** The auth host: tokens that it issued are nobody else's business. */
  readonly domain: string;
}

/** How long a verified JWT is believed without verifying it again, in milliseconds: keys can be withdrawn. */
const JWT_MEMORY_MS = 60_000;

type Verify = (token: string, openSecret: OpenSecret) => Promise<TokenCheck>;

/** One entry of `authentication.tokens`. */
interface Source {
  readonly settings: AcceptedToken;
  /** `null`: opaque tokens, of which only their maker knows. */
  readonly issuer: string | null;
  readonly verify: Verify;
}

/** The bearer tokens of other issuers that one Service takes. */
export class ThirdPartyTokens {
  readonly #service: string;
  readonly #domain: string;
  readonly #jwts: readonly Source[];
  readonly #introspecting: Source | null;

  /** @param service its canonical name */
  constructor(tokens: readonly AcceptedToken[], service: string, deps: ThirdPartyDeps) {
    const sources = tokens.map((settings) => sourceOf(settings, deps));
    this.#service = service;
    this.#domain = deps.domain;
    this.#jwts = sources.filter(({ issuer }) => issuer !== null);
    this.#introspecting = sources.find(({ issuer }) => issuer === null) ?? null;
  }

  /** Never rejects. `not-responsible`: what is shown is ours to judge, or nothing is. */
  async identify(headers: HeaderList, around: TokenSurroundings): Promise<Identification> {
    const shown = bearerOf(headers);
    if (shown === null || typeof shown !== 'string') return shown ?? NOT_RESPONSIBLE;
    const sources = this.#sourcesOf(shown);
    let first: TokenRejection | null = null;
    for (const source of sources) {
      const result = await this.#try(source, shown, around);
      if (result.kind !== 'rejected') {
        return { kind: 'identified', principal: result, shownIn: 'token-of-another-issuer' };
      }
      first ??= { ...result, detail: `${source.settings.name}: ${result.detail}` };
    }
    return first ?? NOT_RESPONSIBLE;
  }

  /** By what it says of its issuer, which is nothing more than a choice of whom to ask. */
  #sourcesOf(token: string): readonly Source[] {
    const issuer = issuerOf(token);
    const own = this.#jwts.filter((source) => source.issuer === issuer);
    if (own.length > 0) return own;
    return this.#introspecting === null || this.#isOurs(issuer) ? [] : [this.#introspecting];
  }

  #isOurs(issuer: string | null): boolean {
    return issuer !== null && URL.canParse(issuer) && new URL(issuer).hostname === this.#domain;
  }

  async #try(source: Source, token: string, around: TokenSurroundings): Promise<IdentifiedPrincipal | TokenRejection> {
    const check = await source.verify(token, around.openSecret);
    return check.kind === 'rejected' ? check : this.#principal(source.settings, check.token, token, around);
  }

  readonly #principals = new WeakMap<VerifiedToken, KnownPrincipal>();

  /** The same one as long as nothing changes, so that what depends on principals is worked out once. */
  #principal(settings: AcceptedToken, verified: VerifiedToken, token: string, around: TokenSurroundings) {
    const { directory, isProviderEnabled } = around;
    const known = this.#principals.get(verified);
    if (known?.directory === directory) return known.result;
    const tokenHash = hashHandle(token);
    const result = principalOf({ settings, verified, tokenHash, service: this.#service, directory, isProviderEnabled });
    this.#principals.set(verified, { directory, result });
    return result;
  }
}

interface KnownPrincipal {
  readonly directory: Directory;
  readonly result: IdentifiedPrincipal | TokenRejection;
}

/** The bearer token, `null` when there is none that could be somebody else's. RFC 6750 2.1; scheme names have no case. */
function bearerOf(headers: HeaderList): string | TokenRejection | null {
  if (headers.has(TOKEN_HEADER)) return null;
  const fields = headers.all('authorization');
  if (!fields.some((field) => /^bearer(?: |$)/i.test(field))) return null;
  if (fields.length > 1) return rejected('token-invalid', 'authorization is repeated');
  const [field = ''] = fields;
  if (showsOwnToken(field)) return null;
  const token = field.slice('bearer '.length).trim();
  return /^[A-Za-z0-9._~+/-]+=*$/.test(token) ? token : rejected('token-invalid', 'that is no bearer token');
}

/** `null`: it is no JWT, or does not say. */
function issuerOf(token: string): string | null {
  if (token.split('.').length !== 3) return null;
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' ? iss : null;
  } catch {
    return null;
  }
}

function sourceOf(settings: AcceptedToken, { keySets, clock }: ThirdPartyDeps): Source {
  const { jwt, introspection } = settings;
  if (jwt !== undefined) {
    const check = new JwtCheck(jwt, keySets.of(jwt.issuer, jwt.jwksURL ?? null), clock);
    const memory = new TokenMemory({ clock, goodMs: JWT_MEMORY_MS, badMs: 0 });
    return { settings, issuer: jwt.issuer, verify: (token) => memory.remember(token, () => check.check(token)) };
  }
  const check = new IntrospectionCheck(introspection!, clock);
  const memory = new TokenMemory({ clock, goodMs: check.cacheMs, badMs: Math.min(check.cacheMs, 10_000) });
  const verify: Verify = (token, openSecret) => memory.remember(token, () => check.check(token, openSecret));
  return { settings, issuer: null, verify };
}
