import type { Clock } from '../../src/base/clock.ts';
import { durationMs } from '../../src/base/duration.ts';
import { messageOf } from '../../src/base/errors.ts';
import { Lru } from '../../src/base/lru.ts';
import { SingleFlight } from '../../src/base/single-flight.ts';
import type { IdentityProvider, Session } from '../../src/model/index.ts';
import type { AuthenticationRules } from '../authentication-rules.ts';
import type { Directory } from '../directory/directory.ts';
import type { SessionManager } from '../sessions/session-manager.ts';
import type { Claims } from './claims.ts';
import { groupsOf } from './group-rules.ts';
import type { KeptTokens, ProviderSessions } from './provider-sessions.ts';
import type { RelyingParty } from './relying-party.ts';

/** The configuration that counts at the moment. */
export interface CurrentIdentity {
  readonly directory: Directory;
  readonly identityProviders: readonly IdentityProvider[];
  readonly authentication: AuthenticationRules;
}

export interface RefresherDeps {
  readonly relyingParty: Pick<RelyingParty, 'refresh'>;
  readonly kept: ProviderSessions;
  readonly sessions: SessionManager;
  readonly clock: Clock;
  readonly current: () => CurrentIdentity;
  readonly warn: (message: string) => void;
}

/** Longer than all calls to a provider together take, in milliseconds; a failure is tried again after it. */
const LEASE = 60_000;
/** How often it is looked whether a session that is used is due, in milliseconds. */
const LOOKED_EVERY = 15_000;
const MOST_LOOKED_AT = 10_000;

/**
 * Asks providers anew about sessions that are used. Of all processes one does it; a refresh token that is rotated is
 * written down before anything else is done with the answer.
 */
export class Refresher {
  readonly #deps: RefresherDeps;
  readonly #lookAt = new Lru<string, number>(MOST_LOOKED_AT);
  readonly #flights = new SingleFlight<string, void>();

  constructor(deps: RefresherDeps) {
    this.#deps = deps;
  }

  /** For every use of a session: what is to be done goes on beside it. */
  used(session: Session): void {
    const provider = this.#providerOf(session);
    if (provider === null) return;
    const { uid } = session.metadata;
    const now = this.#deps.clock.monotonic();
    if (now < (this.#lookAt.get(uid) ?? 0)) return;
    this.#lookAt.set(uid, now + LOOKED_EVERY);
    void this.look(session);
  }

  /** Refreshes the session if it is due. Never rejects. */
  async look(session: Session): Promise<void> {
    const provider = this.#providerOf(session);
    if (provider === null) return;
    const { uid } = session.metadata;
    try {
      await this.#flights.run(uid, () => this.#refreshIfDue(session, provider));
    } catch (thrown) {
      this.#deps.warn(`the session ${session.metadata.name} was not refreshed: ${messageOf(thrown)}`);
    }
  }

  #providerOf({ status }: Session): IdentityProvider | null {
    const name = status.authentication.info.identityProvider?.identityProviderRef.name;
    if (name === undefined || !status.isBrowser) return null;
    const provider = this.#deps.current().identityProviders.find(({ metadata }) => metadata.name === name);
    return provider?.spec.oidc?.refresh === undefined ? null : provider;
  }

  async #refreshIfDue(session: Session, provider: IdentityProvider): Promise<void> {
    const { kept, clock } = this.#deps;
    const found = await kept.find(session.metadata.uid);
    const now = clock.now();
    const since = Date.parse(session.status.authentication.setAt);
    if (now < Math.max((found?.refreshedAt ?? since) + intervalOf(provider), found?.leasedUntil ?? 0)) return;
    if (!isOfIssuer(session, provider)) return this.#end(session, 'the provider has another issuer now');
    if (found === null || found.tokens.refreshToken === null) {
      return this.#end(session, 'the provider is to be asked anew, and there is no refresh token');
    }
    const leased = await kept.lease(found, now + LEASE);
    if (leased !== null) await this.#refresh(session, provider, leased);
  }

  async #refresh(session: Session, provider: IdentityProvider, leased: KeptTokens): Promise<void> {
    const { relyingParty, kept, clock, warn } = this.#deps;
    const subject = session.status.authentication.info.identityProvider?.subject ?? '';
    const refreshed = await relyingParty.refresh(provider, leased.tokens.refreshToken!, subject);
    if (refreshed.kind === 'over') return this.#end(session, refreshed.detail);
    if (refreshed.kind === 'refused') {
      return warn(`${provider.metadata.name} did not refresh ${session.metadata.name}: ${refreshed.detail}`);
    }
    const tokens = { ...refreshed.tokens, idToken: refreshed.tokens.idToken ?? leased.tokens.idToken };
    if (!(await kept.rotate(leased, tokens, clock.now()))) return;
    const read = await refreshed.claims();
    if (read.kind === 'refused') return warn(`the claims of ${session.metadata.name} were not read: ${read.detail}`);
    if (read.claims !== null) await this.#reread(session, provider, read.claims);
  }

  /** The claims may say something else than at the sign-in. */
  async #reread({ metadata }: Session, provider: IdentityProvider, claims: Claims): Promise<void> {
    const { sessions, current } = this.#deps;
    const { directory, authentication } = current();
    const session = await sessions.find(metadata.uid);
    const user = session === null ? null : directory.user(session.status.userRef.name);
    if (session === null || user === null) return;
    const groups = groupsOf(claims, provider.spec.oidc!);
    const member = directory.memberOf(user, groups);
    if (member === null) return this.#end(session, 'a Group that the claims give is missing');
    const { info } = session.status.authentication;
    const refusal = authentication.refusal(provider, { user: member.user, info, claims });
    if (refusal !== null) return this.#end(session, refusal);
    if (isSame(groups, session.status.groups)) return;
    await sessions.change(metadata.uid, (now) => ({ ...now, status: { ...now.status, groups: [...groups] } }));
  }

  async #end({ metadata }: Session, because: string): Promise<void> {
    await this.#deps.sessions.revoke(metadata.uid);
    this.#deps.warn(`the session ${metadata.name} has ended: ${because}`);
  }
}

/** A name may be given to another provider: that one is told no refresh tokens, and says nothing about anybody. */
function isOfIssuer({ status }: Session, { spec }: IdentityProvider): boolean {
  const { issuer } = status.authentication.info.identityProvider ?? {};
  return issuer !== undefined && URL.parse(issuer)?.href === URL.parse(spec.oidc?.issuerURL ?? '')?.href;
}

/** Milliseconds. */
function intervalOf({ spec }: IdentityProvider): number {
  return durationMs(spec.oidc?.refresh?.interval ?? '') ?? Number.POSITIVE_INFINITY;
}

function isSame(groups: readonly string[], former: readonly string[] = []): boolean {
  return groups.length === former.length && groups.every((name, i) => name === former[i]);
}
