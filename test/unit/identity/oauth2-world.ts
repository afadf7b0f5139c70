import assert from 'node:assert/strict';
import { Directory } from '../../../identity/directory/directory.ts';
import { KeySets } from '../../../identity/oauth2/assertions/key-sets.ts';
import { OAuth2Clients } from '../../../identity/oauth2/clients.ts';
import { DeviceGrants } from '../../../identity/oauth2/device/device-grants.ts';
import { RefreshTokens } from '../../../identity/oauth2/refresh/refresh-tokens.ts';
import { oauth2Routes } from '../../../identity/oauth2/routes.ts';
import { createSite } from '../../../identity/site/site.ts';
import type { SiteRequest } from '../../../identity/site/visit.ts';
import { AuthTokens } from '../../../identity/tokens/auth-tokens.ts';
import { CredentialUse } from '../../../identity/tokens/credential-use.ts';
import { FailureBudget } from '../../../src/base/failure-budget.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Credential, User } from '../../../src/model/index.ts';
import { ALICE, credential, DOMAIN, IdentityFixture, ROBOT, TEXTS } from './fixture.ts';

export interface OAuthAnswer {
  readonly status: number;
  readonly value: Record<string, unknown>;
  readonly headers: ReadonlyMap<string, string>;
}

export type Fields = Readonly<Record<string, string>>;

/** The addresses of OAuth 2.0 over the identity layer of the tests. */
export class OAuth2World extends IdentityFixture {
  readonly clients: OAuth2Clients;
  readonly authTokens: AuthTokens;
  readonly uses: CredentialUse;
  readonly oauth2: ReturnType<typeof createSite>;
  clientAddress = '192.0.2.1';
  tls: SiteRequest['tls'] = null;

  constructor() {
    super();
    const { clock, store, sessions, resolver } = this;
    const kept = { records: store.records, clock };
    this.clients = new OAuth2Clients(kept);
    this.authTokens = new AuthTokens(kept);
    this.uses = new CredentialUse(kept);
    const { clients, authTokens, uses } = this;
    const keySets = new KeySets(clock);
    const devices = new DeviceGrants(kept);
    const refreshTokens = new RefreshTokens({ ...kept, texts: TEXTS });
    const failures = new FailureBudget(clock);
    this.oauth2 = createSite(
      oauth2Routes({
        ...kept,
        sessions,
        resolver,
        clients,
        authTokens,
        uses,
        failures,
        keySets,
        devices,
        refreshTokens,
      }),
    );
    this.state([client('ci')]);
  }

  /** What the configuration has from now on. */
  state(credentials: readonly Credential[], users: readonly User[] = [ALICE, ROBOT]): void {
    this.config = { ...this.config, directory: new Directory(users, [], credentials) };
  }

  async client(name = 'ci'): Promise<{ readonly client_id: string; readonly client_secret: string }> {
    const { directory } = this.config;
    const made = directory.credential(name)!;
    const holder = { credential: made, user: directory.user(made.spec.user)! };
    const { clientId, clientSecret } = await this.clients.rotate(holder);
    return { client_id: clientId, client_secret: clientSecret.reveal() };
  }

  /** A form posted to one of the addresses. */
  async post(path: string, form: Fields | string, headers: Fields = {}): Promise<OAuthAnswer> {
    const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
    const fields = { 'content-type': 'application/x-www-form-urlencoded', ...headers };
    return this.send('POST', path, Buffer.from(body), fields);
  }

  async send(method: string, path: string, bytes: Uint8Array, headers: Fields): Promise<OAuthAnswer> {
    const request: SiteRequest = {
      method,
      scheme: 'https',
      host: DOMAIN,
      authority: DOMAIN,
      path,
      query: new URLSearchParams(),
      headers: HeaderList.from(Object.entries(headers)),
      clientAddress: this.clientAddress,
      tls: this.tls ?? null,
      readBody: async (limit) =>
        bytes.length > limit ? { kind: 'refused', reason: 'body-too-large' } : { kind: 'read', bytes },
    };
    const answer = await this.oauth2(request, this.config);
    if (answer?.kind !== 'json') return assert.fail(`${method} ${path}: ${JSON.stringify(answer)}`);
    const value = answer.value as Record<string, unknown>;
    return { status: answer.status, value, headers: new Map(answer.headers) };
  }

  token(form: Fields | string, headers: Fields = {}): Promise<OAuthAnswer> {
    return this.post('/oauth2/token', form, headers);
  }

  /** An access token by client credentials. */
  async accessToken(shown: Fields, more: Fields = {}): Promise<string> {
    const { status, value } = await this.token({ grant_type: 'client_credentials', ...shown, ...more });
    assert.equal(status, 200, JSON.stringify(value));
    return String(value.access_token);
  }

  /** Who a token stands for at a Service. */
  async whoIs(token: string) {
    const headers = HeaderList.from([['authorization', `Bearer ${token}`]]);
    const given = await this.identify({ host: 'api.example.com', scheme: 'https', headers }, this.config.directory);
    return given.kind === 'identified' ? given.principal : null;
  }
}

export function client(name: string, spec: Partial<Credential['spec']> = {}): Credential {
  return credential(name, 'robot', { type: 'OAUTH2', ...spec });
}

export function basic(id: string, secret: string): Fields {
  const encode = (text: string) => encodeURIComponent(text);
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString('base64')}` };
}

/** `400 invalid_request` */
export function said({ status, value }: OAuthAnswer): string {
  return `${status} ${value.error ?? 'ok'}`;
}
