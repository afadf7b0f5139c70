import type { Clock } from '../../src/base/clock.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { Lru } from '../../src/base/lru.ts';
import type { Directory } from '../directory/directory.ts';
import type { Identification } from '../identification.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { actingFor } from './principal.ts';

/** A User whom a plugin of a Service has recognised, by a key, a password or a certificate. */
export interface Recognised {
  readonly user: string;
  /** Which entry of the plugin that was. */
  readonly subject: string;
  readonly plugin: string;
  /** Canonical. */
  readonly service: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly inAuthorization: boolean;
}

/** Milliseconds that the session of such a request seems to have left; each request is judged by what it shows. */
const LIFETIME_MS = 24 * 60 * 60_000;
/** Milliseconds that one is used for. */
const KEPT_MS = 60 * 60_000;
const MOST_KEPT = 10_000;

interface Kept {
  readonly directory: Directory;
  readonly principal: IdentifiedPrincipal;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** The principals of such Users: the same one as long as nothing changes, so that decisions about it are kept too. */
export class RecognisedUsers {
  readonly #clock: Clock;
  readonly #kept = new Lru<string, Kept>(MOST_KEPT);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  identify(recognised: Recognised, directory: Directory): Identification {
    const { user, subject, plugin, service, claims, inAuthorization } = recognised;
    const key = JSON.stringify([service, plugin, subject, user, claims]);
    const principal = this.#known(key, directory) ?? this.#make(key, recognised, directory);
    if (principal !== null) {
      return {
        kind: 'identified',
        principal,
        shownIn: inAuthorization ? 'authorization' : 'credential-of-the-service',
      };
    }
    return { kind: 'rejected', reason: 'credentials-invalid', detail: `${plugin}: there is no User "${user}"` };
  }

  #known(key: string, directory: Directory): IdentifiedPrincipal | null {
    const kept = this.#kept.get(key);
    return kept?.directory === directory && this.#clock.monotonic() < kept.until ? kept.principal : null;
  }

  #make(key: string, recognised: Recognised, directory: Directory): IdentifiedPrincipal | null {
    const user = directory.user(recognised.user);
    if (user === null) return null;
    const { subject, service, claims } = recognised;
    const expiresAt = this.#clock.now() + LIFETIME_MS;
    const verified = { issuer: null, subject, clientID: null, scopes: [], claims, expiresAt };
    const principal = actingFor(user, { verified, tokenHash: hashHandle(key), service, directory });
    this.#kept.set(key, { directory, principal, until: this.#clock.monotonic() + KEPT_MS });
    return principal;
  }
}
