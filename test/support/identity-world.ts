import assert from 'node:assert/strict';
import { NO_RULES } from '../../identity/authentication-rules.ts';
import { Directory } from '../../identity/directory/directory.ts';
import { NO_FACTOR_RULES } from '../../identity/factors/rules.ts';
import { codeAt, stepAt } from '../../identity/factors/totp.ts';
import type { DirectoryChange } from '../../identity/ports.ts';
import type { RecognisedBy } from '../../identity/sessions/new-session.ts';
import { newSealingKey } from '../../identity/sign-in/cookie-sealer.ts';
import type { SiteAnswer } from '../../identity/site/answer.ts';
import type { SiteConfig } from '../../identity/site/visit.ts';
import { HeaderList } from '../../src/base/header-list.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import { createIdentityLayer, type IdentityLayer } from '../../src/main/identity.ts';
import type { Group, IdentityProvider, Session, User } from '../../src/model/index.ts';
import { TEXTS } from '../unit/identity/fixture.ts';
import { MemoryIdentityStore } from './memory-identity-store.ts';
import { CLIENT_SECRET } from './oidc-provider.ts';
import { TestClock } from './test-clock.ts';

export const AUTH = 'example.com';
export const APP = 'app.example.com';
export const WIKI = 'wiki.example.com';

export type Fields = Readonly<Record<string, string>>;

export interface Sent {
  readonly host?: string;
  readonly form?: Fields;
  readonly headers?: Fields;
  /** Instead of the form; resolves when the last byte has come. */
  readonly body?: Promise<string>;
  readonly clientAddress?: string;
}

/** The identity layer as the product puts it together, over a store in memory and a clock that stands still. */
export class IdentityWorld {
  readonly clock = new TestClock();
  readonly store = new MemoryIdentityStore(() => this.clock.now());
  readonly layer: IdentityLayer;
  /** Users that sign-ins have made. */
  readonly made: User[] = [];
  config: SiteConfig;

  constructor(users: readonly User[], groups: readonly Group[] = [], warn: (message: string) => void = () => {}) {
    const { store, clock } = this;
    this.config = {
      domain: AUTH,
      directory: new Directory(users, groups, []),
      identityProviders: [],
      tokenIssuers: [],
      clusterConfig: null,
      factorRules: NO_FACTOR_RULES,
      authentication: NO_RULES,
      isOurHost: (host) => host === APP || host === WIKI,
      isListedHost: (host) => host === APP || host === WIKI,
      providerFor: () => null,
      requestable: () => null,
    };
    this.layer = createIdentityLayer({
      store,
      clock,
      openSecret: () => new SecretValue(CLIENT_SECRET),
      sessionChanged: () => {},
      accessChanged: () => {},
      grantLost: () => {},
      signInKey: newSealingKey(),
      signingKeys: { published: () => [] },
      texts: TEXTS,
      directories: { change: (changes) => this.#change(changes) },
      current: () => this.config,
      warn,
    });
  }

  async #change(changes: readonly DirectoryChange[]): Promise<Directory> {
    for (const change of changes) {
      if (change.op === 'put' && change.resource.kind === 'User') this.made.push(change.resource);
    }
    const { users, groups } = this.config.directory;
    this.with({ directory: new Directory([...users, ...this.made], groups, []) });
    return this.config.directory;
  }

  with(changes: Partial<SiteConfig>): void {
    this.config = { ...this.config, ...changes };
  }

  withProvider(provider: IdentityProvider): void {
    this.with({ identityProviders: [provider] });
  }

  /** `null`: none of our addresses. */
  async ask(method: string, address: string, sent: Sent = {}): Promise<SiteAnswer | null> {
    const { host = AUTH, form, headers = {}, clientAddress = '192.0.2.7' } = sent;
    const [path = '', query = ''] = address.split('?');
    const body = sent.body ?? Promise.resolve(new URLSearchParams(form).toString());
    const type = method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    return this.layer.site(
      {
        method,
        scheme: 'https',
        host,
        authority: host,
        path,
        query: new URLSearchParams(query),
        headers: HeaderList.from(Object.entries({ ...type, ...headers })),
        clientAddress,
        readBody: async () => ({ kind: 'read', bytes: Buffer.from(await body) }),
      },
      this.config,
    );
  }

  /** A form of our own page on that host. */
  async post(address: string, sent: Sent = {}): Promise<SiteAnswer> {
    const own = { origin: `https://${sent.host ?? AUTH}`, 'sec-fetch-site': 'same-origin' };
    const answer = await this.ask('POST', address, { ...sent, headers: { ...own, ...sent.headers } });
    return answer ?? assert.fail(`nothing at ${address}`);
  }

  async get(address: string, sent: Sent = {}): Promise<SiteAnswer> {
    return (await this.ask('GET', address, sent)) ?? assert.fail(`nothing at ${address}`);
  }

  async signedIn(user: User, by: RecognisedBy = BY_PROVIDER, groups: readonly string[] = []): Promise<Session> {
    const origin = { address: '192.0.2.7', userAgent: null };
    const terms = this.config.directory.sessionTermsOf(user);
    return this.layer.sessions.createForSignIn({ user, by, origin, terms, groups });
  }

  /** What a browser shows that has this session on this host. */
  async cookieOf(session: Session, host = AUTH): Promise<Fields> {
    return { cookie: `__Host-ostiary-session=${await this.layer.sessions.addBrowserHandle(session, host)}` };
  }

  async browserOf(user: User): Promise<Fields> {
    return this.cookieOf(await this.signedIn(user));
  }

  /** The session as it is kept now. */
  async now(session: Session): Promise<Session> {
    return (await this.layer.sessions.find(session.metadata.uid)) ?? assert.fail('the session has ended');
  }

  /** Sets up an authenticator app in this browser; gives the browser's new cookie and what the app shows. */
  async addApp(headers: Fields): Promise<{ cookie: Fields; code: () => string; recoveryCodes: readonly string[] }> {
    await this.post('/.ostiary/account/totp', { headers });
    const page = pageOf(await this.get('/.ostiary/account/totp', { headers }));
    assert.equal(page.name, 'enrol-totp');
    const seed = seedOf(page.key);
    const code = () => codeAt(seed, stepAt(this.clock.now()));
    const added = await this.post('/.ostiary/account/totp/confirm', { headers, form: { code: code() } });
    // codes count once: the next one is another
    this.clock.advance(30_000);
    const last = added.kind === 'page' && added.page.name === 'recovery-codes' ? added.page.codes : [];
    return { cookie: cookieIn(added), code, recoveryCodes: last };
  }
}

export const BY_PROVIDER: RecognisedBy = {
  type: 'IDENTITY_PROVIDER',
  aal: 'AAL1',
  identityProvider: {
    identityProviderRef: { name: 'demo' },
    identifier: 'alice',
    issuer: 'https://i.example',
    subject: 'a',
  },
};

export function pageOf(answer: SiteAnswer) {
  return answer.kind === 'page' ? answer.page : assert.fail(JSON.stringify(answer));
}

/** The cookie of a session that an answer sets. */
export function cookieIn(answer: SiteAnswer): Fields {
  assert.ok(answer.kind === 'page' || answer.kind === 'redirect', JSON.stringify(answer));
  const set = answer.cookies.find((cookie) => cookie.startsWith('__Host-ostiary-session='));
  return { cookie: set?.split(';')[0] ?? assert.fail('no session cookie') };
}

/** RFC 4648 6 */
function seedOf(key: string): SecretValue {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...key].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return new SecretValue(Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))));
}
