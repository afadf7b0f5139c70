import { randomUUID } from 'node:crypto';
import type { IdentifiedPrincipal } from '../../identity/principal.ts';
import type { Clock } from '../base/clock.ts';
import { Lru } from '../base/lru.ts';
import { signJwt } from '../secrets/signing/sign-jwt.ts';
import type { SigningAlgorithm, SigningKey } from '../secrets/signing/signing-key.ts';
import type { SigningKeys } from '../secrets/signing/signing-keys.ts';
import { groupNames, MOST_GROUPS_LENGTH } from './plain-identity.ts';

export interface SignerSettings {
  readonly keys: Pick<SigningKeys, 'current'>;
  readonly clock: Clock;
  readonly algorithm: SigningAlgorithm;
  readonly lifetimeMs: number;
  readonly issuer: string;
  readonly audience: string;
}

export type Assertion =
  | { readonly kind: 'signed'; readonly token: string }
  | { readonly kind: 'unavailable'; readonly because: string };

interface Kept extends Extract<Assertion, { kind: 'signed' }> {
  /** Those that the content was found to hold for. */
  principal: IdentifiedPrincipal;
  readonly content: string;
  readonly kid: string;
  /** Milliseconds since 1970. */
  readonly signedAt: number;
  readonly renewAt: number;
}

/** One for each session that uses the config. */
const MOST_KEPT = 4_096;
const NO_KEY = { kind: 'unavailable', because: 'there is no key to sign the identity assertion with' } as const;
const TOO_MANY_GROUPS = { kind: 'unavailable', because: 'the user is in too many groups for an assertion' } as const;

/** Signs who acts in a session, for one audience. A signature is used again for half of its life. */
export class AssertionSigner {
  readonly #settings: SignerSettings;
  readonly #kept = new Lru<string, Kept>(MOST_KEPT);

  constructor(settings: SignerSettings) {
    this.#settings = settings;
  }

  assertionOf(principal: IdentifiedPrincipal): Assertion {
    const { keys, clock, algorithm } = this.#settings;
    const now = clock.now();
    const key = keys.current(algorithm, now);
    if (key === null) return NO_KEY;
    const { uid } = principal.session.metadata;
    const kept = this.#kept.get(uid);
    if (kept !== undefined && kept.kid === key.kid && now < kept.renewAt && now >= kept.signedAt) {
      if (kept.principal === principal) return kept;
      if (kept.content === contentOf(principal)) {
        // Principals are made anew each second; what they say seldom is another thing.
        kept.principal = principal;
        return kept;
      }
    }
    return this.#sign(principal, key, now);
  }

  #sign(principal: IdentifiedPrincipal, key: SigningKey, now: number): Assertion {
    const content = contentOf(principal);
    if (groupNames(principal).join(',').length > MOST_GROUPS_LENGTH) return TOO_MANY_GROUPS;
    const { issuer: iss, audience: aud, lifetimeMs } = this.#settings;
    const end = Math.min(now + lifetimeMs, Date.parse(principal.session.spec.expiresAt));
    const iat = Math.floor(now / 1000);
    const exp = Math.max(iat + 1, Math.floor(end / 1000));
    const token = signJwt(key, 'JWT', { iss, aud, ...claimsOf(principal), iat, exp, jti: randomUUID() });
    const renewAt = Math.min(now + lifetimeMs / 2, end);
    const kept: Kept = { kind: 'signed', token, principal, content, kid: key.kid, signedAt: now, renewAt };
    this.#kept.set(principal.session.metadata.uid, kept);
    return kept;
  }
}

/** What an assertion says, apart from when. */
function contentOf(principal: IdentifiedPrincipal): string {
  return `${principal.session.spec.expiresAt} ${JSON.stringify(claimsOf(principal))}`;
}

/** A missing e-mail address leaves its claim out. */
function claimsOf(principal: IdentifiedPrincipal) {
  const { user, session } = principal;
  return {
    sub: user.metadata.name,
    email: user.spec.email,
    groups: groupNames(principal),
    sid: session.metadata.uid,
  };
}
