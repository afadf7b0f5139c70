import * as client from 'openid-client';
import type { Clock } from '../../src/base/clock.ts';
import type { SecretValue } from '../../src/base/secret-value.ts';
import type { IdentityProvider, OidcProvider } from '../../src/model/index.ts';
import type { ProviderIdentity } from '../directory/match-user.ts';
import { GithubSignIn } from '../github/github-sign-in.ts';
import type { OpenSecret } from '../ports.ts';
import { authorizationUrl, type BeginRequest, type Begun, type SignInProof } from './authorization-request.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import type { Claims } from './claims.ts';
import { clientSecretName } from './client-authentication.ts';
import { ProviderConnections } from './connection.ts';
import { explainProviderError, type ProviderRefusal } from './provider-errors.ts';
import { readIdentity } from './provider-identity.ts';
import { endSessionOf, type ProviderTokens, tokensOf } from './provider-tokens.ts';
import { claimsOf, exchangeCode, type Granted, refreshGrant } from './token-requests.ts';

export type Completed =
  | ({
      readonly kind: 'signed-in';
      readonly claims: Claims;
      readonly tokens: ProviderTokens;
      /** The provider tells when its own session ends. */
      readonly tellsOfLogout: boolean;
      /** When the provider wants the session to end at the latest, in milliseconds since 1970. */
      readonly endsAt?: number;
    } & ProviderIdentity)
  | ProviderRefusal;

export type Refreshed =
  | {
      readonly kind: 'refreshed';
      /** To be written down before anything else: the former refresh token may be good for nothing now. */
      readonly tokens: ProviderTokens;
      /** `null` when the provider says nothing new. */
      readonly claims: () => Promise<Reread | ProviderRefusal>;
    }
  /** The provider has ended what the session stands on. */
  | { readonly kind: 'over'; readonly detail: string }
  | ProviderRefusal;

export interface Reread {
  readonly kind: 'read';
  readonly claims: Claims | null;
}

export interface CompleteRequest {
  readonly provider: IdentityProvider;
  /** The redirect URI with the query that the browser brought. */
  readonly callbackUrl: URL;
  readonly proof: SignInProof;
}

export interface RelyingPartyDeps {
  readonly openSecret: OpenSecret;
  readonly clock: Clock;
  /** Left out: providers of SAML are refused. */
  readonly saml?: SignInProtocol;
  /** Of one call to a provider, in seconds; 10 when left out. */
  readonly timeout?: number;
}

/**
 * A way to have somebody recognised by a provider that a browser is sent to. Neither call rejects for anything that the
 * provider does.
 */
export interface SignInProtocol {
  begin(request: BeginRequest): Promise<Begun>;
  complete(request: CompleteRequest): Promise<Completed>;
}

/** For one provider. A thousand sign-ins a minute at one that takes a second need seventeen. */
const MOST_CALLS = 100;
const BUSY = refused('provider-unreachable', 'too many wait for the provider already');

/**
 * Our side of OpenID Connect: authorization code flow with PKCE, state and nonce (RFC 9700 2.1). Providers that speak
 * something else are handed on to their own protocol. Never rejects.
 */
export class RelyingParty implements SignInProtocol {
  readonly #openSecret: OpenSecret;
  readonly #connections: ProviderConnections;
  readonly #github: SignInProtocol;
  readonly #saml: SignInProtocol | null;
  readonly #calls = new CallsUnderWay(MOST_CALLS);

  constructor({ openSecret, clock, saml, timeout }: RelyingPartyDeps) {
    this.#openSecret = openSecret;
    this.#connections = new ProviderConnections(openSecret, clock, timeout);
    this.#github = new GithubSignIn({ openSecret });
    this.#saml = saml ?? null;
  }

  begin(request: BeginRequest): Promise<Begun> {
    const own = this.#ownProtocol(request.provider);
    if (own !== null) return own.begin(request);
    return this.#with(request.provider, (configuration, oidc) => authorizationUrl(configuration, oidc, request));
  }

  complete(request: CompleteRequest): Promise<Completed> {
    const { provider, callbackUrl, proof } = request;
    const own = this.#ownProtocol(provider);
    if (own !== null) return this.#calls.run(provider.metadata.name, () => own.complete(request), BUSY);
    return this.#with(provider, async (configuration, oidc) => {
      const granted = await exchangeCode(configuration, callbackUrl, proof);
      return signedIn(configuration, oidc, granted);
    });
  }

  /** @param subject whom the session is of: an answer about somebody else is refused */
  refresh(provider: IdentityProvider, refreshToken: SecretValue, subject: string): Promise<Refreshed> {
    return this.#with(provider, async (configuration, oidc) => {
      const granted = await refreshGrant(configuration, refreshToken, subject);
      if ('kind' in granted) return granted;
      const { idToken, refreshToken: rotated } = tokensOf(configuration, granted);
      const tokens = { idToken, refreshToken: rotated ?? refreshToken };
      const claims = () =>
        this.#with(provider, async () => {
          const read = await claimsOf(configuration, oidc, granted, subject);
          return { kind: 'read', claims: read } as const;
        });
      return { kind: 'refreshed', tokens, claims };
    });
  }

  /** Where the provider ends its own session (OpenID Connect RP-Initiated Logout); `null`: it does not offer that. */
  async signOutUrl(provider: IdentityProvider, parameters: Readonly<Record<string, string>>): Promise<URL | null> {
    const found = await this.#with(provider, async (configuration) => {
      const offered = endSessionOf(configuration);
      return {
        kind: 'url',
        url: offered === null ? null : client.buildEndSessionUrl(configuration, parameters),
      } as const;
    });
    return found.kind === 'url' ? found.url : null;
  }

  /** What the provider says of itself. */
  metadata(provider: IdentityProvider): Promise<{ kind: 'known'; server: client.ServerMetadata } | ProviderRefusal> {
    return this.#with(provider, async (configuration) => ({ kind: 'known', server: configuration.serverMetadata() }));
  }

  /** `null`: it speaks OpenID Connect. */
  #ownProtocol({ spec }: IdentityProvider): SignInProtocol | null {
    if (spec.github !== undefined) return this.#github;
    return spec.saml === undefined ? null : this.#saml;
  }

  async #with<T>(
    provider: IdentityProvider,
    work: (configuration: client.Configuration, oidc: OidcProvider) => Promise<T | ProviderRefusal>,
  ): Promise<T | ProviderRefusal> {
    const { oidc } = provider.spec;
    if (oidc === undefined) return refused('provider-misconfigured', 'the provider has no oidc settings');
    const secret = clientSecretName(oidc);
    if (this.#openSecret(secret) === null) return refused('provider-secret-missing', `Secret "${secret}" is missing`);
    try {
      // All who wait for this wait for one call.
      const configuration = await this.#connections.connect(oidc);
      return await this.#calls.run(provider.metadata.name, () => work(configuration, oidc), BUSY);
    } catch (thrown) {
      return explainProviderError(thrown);
    }
  }
}

async function signedIn(
  configuration: client.Configuration,
  oidc: OidcProvider,
  granted: Granted & { readonly idClaims: client.IDToken },
): Promise<Completed> {
  const { iss: issuer, sub: subject } = granted.idClaims;
  const claims = (await claimsOf(configuration, oidc, granted, subject)) ?? granted.idClaims;
  const reading = readIdentity(claims, oidc);
  if (reading.kind === 'refused') return reading;
  const { identifier, verifiedEmail } = reading;
  const tokens = tokensOf(configuration, granted);
  if (oidc.refresh !== undefined && tokens.refreshToken === null) {
    return refused('provider-misconfigured', 'the provider gave no refresh token; add "offline_access" to the scopes');
  }
  const tellsOfLogout = configuration.serverMetadata().backchannel_logout_supported === true;
  return { kind: 'signed-in', issuer, subject, claims, tokens, tellsOfLogout, identifier, verifiedEmail };
}

function refused(code: ProviderRefusal['code'], detail: string): ProviderRefusal {
  return { kind: 'refused', code, detail };
}
