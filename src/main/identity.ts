import { AccessRequests } from '../../identity/access/access-requests.ts';
import { AccessGrants } from '../../identity/access/grants.ts';
import type { AccessRequest } from '../../identity/access/request.ts';
import { accessRoutes } from '../../identity/access/routes.ts';
import type { Directory } from '../../identity/directory/directory.ts';
import { Attempts } from '../../identity/factors/attempts.ts';
import { Authenticators } from '../../identity/factors/authenticators.ts';
import { enforcement } from '../../identity/factors/enforcement.ts';
import { Factors } from '../../identity/factors/factors.ts';
import { passkeySignInQuestion } from '../../identity/factors/passkey-questions.ts';
import { RecoveryCodes } from '../../identity/factors/recovery-codes.ts';
import { factorRoutes } from '../../identity/factors/routes.ts';
import { Tickets } from '../../identity/factors/tickets.ts';
import { createIdentifier, createReidentifier, type Identify, type IdentifyAgain } from '../../identity/identify.ts';
import { KeptForms } from '../../identity/kept-forms/kept-forms.ts';
import { keptFormRoutes } from '../../identity/kept-forms/routes.ts';
import { GatheredClaims } from '../../identity/oauth2/proof/gathered-claims.ts';
import { createPossessionCheck } from '../../identity/oauth2/proof/possession.ts';
import { LogoutTokens } from '../../identity/oidc/logout-token.ts';
import { ProviderSessions } from '../../identity/oidc/provider-sessions.ts';
import { type CurrentIdentity, Refresher } from '../../identity/oidc/refresher.ts';
import { RelyingParty } from '../../identity/oidc/relying-party.ts';
import type { DirectoryWriter, IdentityStore, OpenSecret, TextVault } from '../../identity/ports.ts';
import type { Principal } from '../../identity/principal.ts';
import { SamlSignIn } from '../../identity/saml/saml-sign-in.ts';
import { scimRoutes } from '../../identity/scim/routes.ts';
import { SessionCache } from '../../identity/sessions/cache.ts';
import { LastSeen } from '../../identity/sessions/last-seen.ts';
import { SessionResolver } from '../../identity/sessions/resolver.ts';
import { SessionManager } from '../../identity/sessions/session-manager.ts';
import { PendingSignIns } from '../../identity/sign-in/pending-sign-ins.ts';
import { signInRoutes } from '../../identity/sign-in/routes.ts';
import type { SiteRoute } from '../../identity/site/route.ts';
import { createSite, type Site } from '../../identity/site/site.ts';
import type { CredentialDesk } from '../../identity/tokens/credential-desk.ts';
import { keySetRoutes } from '../../identity/tokens/key-set.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { oneLine } from '../base/one-line.ts';
import type { Session } from '../model/index.ts';
import type { SigningKeys } from '../secrets/signing/signing-keys.ts';
import { createOAuth2Layer } from './oauth2.ts';

export interface IdentityParts {
  readonly store: IdentityStore;
  readonly openSecret: OpenSecret;
  readonly clock: Clock;
  /** Told of every session that has ended or changed, `forgetSession` included. */
  readonly sessionChanged: (uid: string) => void;
  /** Told of every request for access that this process has changed. */
  readonly accessChanged: (request: AccessRequest) => void;
  /** Told of each User who has lost a grant. */
  readonly grantLost: (userName: string) => void;
  /** What the cookies of sign-ins under way are sealed with. */
  readonly signInKey: Uint8Array;
  /** What is signed with, for its public part. */
  readonly signingKeys: Pick<SigningKeys, 'published'>;
  readonly texts: TextVault;
  readonly directories: DirectoryWriter;
  /** What serves at the moment. */
  readonly current: () => CurrentIdentity;
  readonly warn: (message: string) => void;
}

/** The identity layer, put together. */
export interface IdentityLayer {
  readonly identify: Identify;
  readonly identifyAgain: IdentifyAgain;
  /** When time alone ends a session that was looked at by `identifyAgain`, in milliseconds since 1970. */
  sessionEnd(uid: string, directory: Directory): number | null;
  readonly sessions: SessionManager;
  readonly credentials: CredentialDesk;
  /** What administrators see of second factors. */
  readonly authenticators: Authenticators;
  /** All of our own addresses. */
  readonly routes: readonly SiteRoute[];
  /** Answers them. */
  readonly site: Site;
  readonly accessRequests: AccessRequests;
  readonly keptForms: KeptForms;
  /** Whether an approver has let this principal into this Service for a while. */
  hasGrant(principal: Principal, service: string): boolean;
  /** Another process has ended or changed it: what this one remembers of it counts no more. */
  forgetSession(uid: string): void;
  /** What is known of any session is read again. */
  forgetSessions(): void;
  /** Writes down what is only noted yet. */
  close(): Promise<void>;
}

export function createIdentityLayer(parts: IdentityParts): IdentityLayer {
  const { store, openSecret, clock, signInKey, texts, directories, current } = parts;
  // What a provider says of its refusals is in some of them.
  const warn = (message: string) => parts.warn(oneLine(message));
  const cache = new SessionCache(undefined, (uid) => {
    resolver.forget(uid);
    parts.sessionChanged(uid);
  });
  const failed = (thrown: unknown) => warn(`the use of sessions was not written down: ${messageOf(thrown)}`);
  const lastSeen = new LastSeen({ store: store.sessions, failed });
  const sessions = new SessionManager({ store, cache, clock });
  const saml = new SamlSignIn({ records: store.records, texts, clock });
  const relyingParty = new RelyingParty({ openSecret, clock, saml });
  const atProviders = new ProviderSessions(store.records, texts);
  const refresher = new Refresher({ relyingParty, kept: atProviders, sessions, clock, current, warn });
  const used = (session: Session) => refresher.used(session);
  const resolver = new SessionResolver({ store, cache, clock, lastSeen, used });
  const pending = new PendingSignIns({ clock, key: signInKey, finished: store.records });
  const oauth2 = createOAuth2Layer({ store, sessions, resolver, texts, clock });
  const { records } = store;
  const factors = new Factors({ records, texts: parts.texts, clock });
  const tickets = new Tickets({ records, clock, key: signInKey });
  const passkeySignIn = passkeySignInQuestion(tickets);
  const signIn = {
    relyingParty,
    saml,
    sessions,
    resolver,
    store,
    clock,
    pending,
    passkeySignIn,
    enforceFactors: enforcement(factors),
    directories,
    atProviders,
    logoutTokens: new LogoutTokens(clock),
  };
  const recoveryCodes = new RecoveryCodes(records);
  const attempts = new Attempts(records, clock);
  const identify = createIdentifier({
    resolver,
    possession: createPossessionCheck({ records: new GatheredClaims(records), clock }),
  });
  const grants = grantsOf(parts);
  const changed = (request: AccessRequest) => {
    void grants.refresh();
    parts.accessChanged(request);
  };
  const accessRequests = new AccessRequests({ records: store.records, clock, changed });
  const keptForms = new KeptForms({ records: store.records, texts: parts.texts, clock });
  const routes = [
    ...signInRoutes(signIn),
    ...factorRoutes({ ...signIn, factors, tickets, recoveryCodes, attempts }),
    ...accessRoutes(signIn, accessRequests),
    ...keptFormRoutes(signIn, keptForms),
    ...oauth2.routes,
    ...keySetRoutes(() => parts.signingKeys.published(clock.now())),
    ...scimRoutes({ identify, sessions, directories }),
  ];
  return {
    identify,
    identifyAgain: createReidentifier(resolver),
    sessionEnd: (uid, directory) => resolver.endOf(uid, directory),
    sessions,
    credentials: oauth2.credentials,
    authenticators: new Authenticators({ factors, recoveryCodes, sessions }),
    routes,
    site: createSite(routes),
    accessRequests,
    keptForms,
    hasGrant: ({ user }, service) => user !== null && grants.covers(user, service),
    forgetSession: (uid) => cache.dropSession(uid),
    forgetSessions: () => cache.clear(),
    close: () => {
      grants.close();
      return lastSeen.flush();
    },
  };
}

/** In memory from the first look on, which is under way. */
function grantsOf({ store, clock, grantLost, warn }: IdentityParts): AccessGrants {
  const failed = (thrown: unknown) => warn(`access grants cannot be read, so they do not count: ${messageOf(thrown)}`);
  const grants = new AccessGrants({ records: store.records, clock, lost: grantLost, failed });
  void grants.refresh();
  return grants;
}
