import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { NO_RULES } from '../../../identity/authentication-rules.ts';
import { Directory } from '../../../identity/directory/directory.ts';
import { NO_FACTOR_RULES } from '../../../identity/factors/rules.ts';
import { createIdentifier, type Identify } from '../../../identity/identify.ts';
import { GatheredClaims } from '../../../identity/oauth2/proof/gathered-claims.ts';
import { createPossessionCheck } from '../../../identity/oauth2/proof/possession.ts';
import { LogoutTokens } from '../../../identity/oidc/logout-token.ts';
import { ProviderSessions } from '../../../identity/oidc/provider-sessions.ts';
import { Refresher } from '../../../identity/oidc/refresher.ts';
import { RelyingParty } from '../../../identity/oidc/relying-party.ts';
import type { DirectoryChange, TextVault } from '../../../identity/ports.ts';
import { type LoadLibrary, loadLibrary } from '../../../identity/saml/library.ts';
import { SamlSignIn } from '../../../identity/saml/saml-sign-in.ts';
import { SessionCache } from '../../../identity/sessions/cache.ts';
import { LastSeen } from '../../../identity/sessions/last-seen.ts';
import type { RecognisedBy } from '../../../identity/sessions/new-session.ts';
import { SessionResolver } from '../../../identity/sessions/resolver.ts';
import { SessionManager } from '../../../identity/sessions/session-manager.ts';
import { newSealingKey } from '../../../identity/sign-in/cookie-sealer.ts';
import { PendingSignIns } from '../../../identity/sign-in/pending-sign-ins.ts';
import { signInUrl } from '../../../identity/sign-in/refused-navigation.ts';
import { signInRoutes } from '../../../identity/sign-in/routes.ts';
import type { SiteAnswer } from '../../../identity/site/answer.ts';
import { createSite, type Site } from '../../../identity/site/site.ts';
import type { SiteConfig, SiteRequest } from '../../../identity/site/visit.ts';
import { AccessTokens } from '../../../identity/tokens/access-tokens.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { AppError } from '../../../src/base/errors.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { newUid } from '../../../src/base/ids.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { Credential, Group, IdentityProvider, User } from '../../../src/model/index.ts';
import { MemoryIdentityStore } from '../../support/memory-identity-store.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../support/oidc-provider.ts';
import { TestClock } from '../../support/test-clock.ts';

export const DOMAIN = 'ostiary.localhost';
export const APP = 'app.ostiary.localhost';
export const WIKI = 'wiki.ostiary.localhost';

/** Served by a wildcard only. */
export const WILD = 'any.ostiary.localhost';

export function user(name: string, spec: Partial<User['spec']> = {}): User {
  return { kind: 'User', metadata: { name }, spec: { type: 'HUMAN', ...spec } };
}

export function group(name: string): Group {
  return { kind: 'Group', metadata: { name }, spec: {} };
}

export function provider(name: string, issuerURL: string, oidc: object = {}): IdentityProvider {
  const settings = { clientID: CLIENT_ID, clientSecret: { fromSecret: 'client-secret' }, issuerURL, ...oidc };
  return { kind: 'IdentityProvider', metadata: { name }, spec: { oidc: settings } };
}

export function credential(name: string, owner: string, spec: Partial<Credential['spec']> = {}): Credential {
  return { kind: 'Credential', metadata: { name }, spec: { type: 'ACCESS_TOKEN', user: owner, ...spec } };
}

export const ALICE = user('alice', {
  groups: ['prod', 'gone'],
  authentication: { identities: [{ identityProvider: 'demo', identifier: 'alice' }] },
});
export const BOB = user('bob', { email: 'bob@example.com' });
export const ROBOT = user('robot', { type: 'WORKLOAD' });
const CREDENTIALS = ['ci', 'x', 'other'].map((name) => credential(name, 'robot'));
/** How a user of the demo provider is recognised. */
export const DEMO_SIGN_IN: RecognisedBy = {
  type: 'IDENTITY_PROVIDER',
  identityProvider: { identityProviderRef: { name: 'demo' } },
};

export const DIRECTORY = new Directory([ALICE, BOB, ROBOT], [group('prod')], CREDENTIALS);

/** Seals nothing; what was written under one name opens under that one only. */
export const TEXTS: TextVault = {
  seal: (name, text) => JSON.stringify([name, Buffer.from(text.reveal()).toString('base64')]),
  open(name, sealed) {
    const [of, text] = JSON.parse(sealed) as [string, string];
    return of === name ? new SecretValue(Buffer.from(text, 'base64').toString()) : null;
  },
};

/** The identity layer put together as the product does it, over a store in memory and a clock that stands still. */
export class IdentityFixture {
  readonly clock = new TestClock();
  readonly store = new MemoryIdentityStore(() => this.clock.now());
  readonly cache = new SessionCache();
  readonly sessions: SessionManager;
  readonly accessTokens: AccessTokens;
  readonly resolver: SessionResolver;
  readonly lastSeen: LastSeen;
  readonly identify: Identify;
  readonly site: Site;
  /** `null`: the Secret is missing. */
  clientSecret: string | null = CLIENT_SECRET;
  config: SiteConfig = {
    domain: DOMAIN,
    directory: DIRECTORY,
    identityProviders: [],
    tokenIssuers: [],
    clusterConfig: null,
    factorRules: NO_FACTOR_RULES,
    isOurHost: (host) => host === APP || host === WIKI || host === WILD,
    isListedHost: (host) => host === APP || host === WIKI,
    authentication: NO_RULES,
    providerFor: () => null,
    requestable: () => null,
  };
  /** What changed it last comes last. */
  readonly changes: DirectoryChange[] = [];
  readonly atProviders: ProviderSessions;
  readonly relyingParty: RelyingParty;
  readonly refresher: Refresher;
  readonly warnings: string[] = [];
  loadSaml: LoadLibrary = loadLibrary;

  constructor() {
    const { store, clock, cache } = this;
    const openSecret = () => (this.clientSecret === null ? null : new SecretValue(this.clientSecret));
    this.sessions = new SessionManager({ store, cache, clock });
    this.accessTokens = new AccessTokens({ sessions: this.sessions, clock });
    this.lastSeen = new LastSeen({ store: store.sessions, failed: (thrown) => assert.fail(String(thrown)) });
    this.resolver = new SessionResolver({ store, cache, clock, lastSeen: this.lastSeen });
    this.identify = createIdentifier({
      resolver: this.resolver,
      possession: createPossessionCheck({ records: new GatheredClaims(store.records), clock }),
    });
    const saml = new SamlSignIn({ records: store.records, texts: TEXTS, clock, load: () => this.loadSaml() });
    const relyingParty = new RelyingParty({ openSecret, clock, saml });
    this.relyingParty = relyingParty;
    this.atProviders = new ProviderSessions(store.records, TEXTS);
    this.refresher = new Refresher({
      relyingParty,
      kept: this.atProviders,
      sessions: this.sessions,
      clock,
      current: () => this.config,
      warn: (message) => this.warnings.push(message),
    });
    const routes = signInRoutes({
      relyingParty,
      saml,
      sessions: this.sessions,
      resolver: this.resolver,
      store,
      clock,
      passkeySignIn: () => null,
      enforceFactors: async (_visit, _user, session) => session,
      pending: new PendingSignIns({ clock, key: newSealingKey(), finished: store.records }),
      atProviders: this.atProviders,
      // Providers sign by the time of day, whatever the clock of the tests says.
      logoutTokens: new LogoutTokens(systemClock),
      directories: { change: (changes) => this.#change(changes) },
    });
    this.site = createSite(routes);
  }

  /** As the control plane does: one after the other, and no identity twice. */
  async #change(changes: readonly DirectoryChange[]): Promise<Directory> {
    const { directory } = this.config;
    const users = changes.flatMap((change) =>
      change.op === 'put' && change.resource.kind === 'User' ? [change.resource] : [],
    );
    for (const { spec } of users) {
      const [identity] = spec.authentication?.identities ?? [];
      const taken =
        identity === undefined ? [] : directory.usersByIdentity(identity.identityProvider, identity.identifier);
      if (taken.length > 0) throw new AppError('refused', 'this identity belongs to somebody already');
    }
    this.changes.push(...changes);
    const made = users.map((one) => ({ ...one, metadata: { ...one.metadata, uid: newUid() } }));
    if (made.length > 0) this.withDirectory([...directory.users, ...made], directory.groups);
    return this.config.directory;
  }

  withDirectory(users: readonly User[], groups: readonly Group[]): void {
    this.config = { ...this.config, directory: new Directory(users, groups, CREDENTIALS) };
  }

  /** Of another process with the same store. */
  anotherResolver(): SessionResolver {
    const { store, clock, lastSeen } = this;
    return new SessionResolver({ store, cache: new SessionCache(), clock, lastSeen });
  }

  withUsers(...users: readonly User[]): void {
    this.config = { ...this.config, directory: new Directory(users, [group('prod')], []) };
  }
}

export interface TestGateway {
  readonly port: number;
  /** URL of a path on one of the hosts. */
  url(host: string, path: string): string;
  close(): Promise<void>;
}

/** Serves the sign-in addresses, and behind them a page that says who is signed in. */
export async function startGateway(fixture: IdentityFixture): Promise<TestGateway> {
  const server = createServer((incoming, outgoing) => {
    serve(fixture, incoming, outgoing).catch((thrown) => outgoing.writeHead(500).end(String(thrown)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, url: (host, path) => `http://${host}:${port}${path}`, close };
}

async function serve(fixture: IdentityFixture, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = toSiteRequest(incoming);
  const answer = await fixture.site(request, fixture.config);
  if (answer !== null) return spell(answer, outgoing);
  const identification = await fixture.identify(request, fixture.config.directory);
  if (identification.kind === 'identified') {
    const { principal } = identification;
    const seen = { user: principal.user?.metadata.name, session: principal.session?.metadata.name, url: incoming.url };
    return void outgoing.writeHead(200).end(JSON.stringify(seen));
  }
  const query = (incoming.url ?? '').split('?')[1] ?? '';
  const { location, setCookie } = signInUrl({ ...request, query }, fixture.config.domain)!;
  outgoing.writeHead(303, { location, ...(setCookie === null ? {} : { 'set-cookie': setCookie }) }).end();
}

function toSiteRequest(incoming: IncomingMessage): SiteRequest {
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
  const headers = new HeaderList(incoming.rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text)));
  return {
    method: incoming.method ?? 'GET',
    scheme: 'http',
    host: url.hostname,
    authority: url.host,
    path: url.pathname,
    query: url.searchParams,
    headers,
    clientAddress: '127.0.0.1',
    readBody: (limit) => readIncoming(incoming, limit),
  };
}

async function readIncoming(incoming: IncomingMessage, limit: number): ReturnType<SiteRequest['readBody']> {
  const bytes = await buffer(incoming);
  return bytes.length > limit ? { kind: 'refused', reason: 'body-too-large' } : { kind: 'read', bytes };
}

function spell(answer: SiteAnswer, outgoing: ServerResponse): void {
  if (answer.kind === 'refused') return void outgoing.writeHead(403).end(JSON.stringify(answer));
  if (answer.kind === 'json') return void outgoing.writeHead(answer.status).end(JSON.stringify(answer.value));
  if (answer.kind === 'text') return void outgoing.writeHead(200, { 'content-type': answer.type }).end(answer.text);
  if (answer.kind === 'instead') return void outgoing.writeHead(200).end(answer.path);
  const headers = { 'set-cookie': [...answer.cookies] };
  if (answer.kind === 'redirect') return void outgoing.writeHead(303, { ...headers, location: answer.location }).end();
  outgoing.writeHead(answer.status, headers).end(JSON.stringify({ page: answer.page, detail: answer.detail }));
}
