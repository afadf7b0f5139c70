import * as client from 'openid-client';
import type { Clock } from '../../src/base/clock.ts';
import { newHandle } from '../../src/base/ids.ts';
import type { IdentityProvider, OidcProvider } from '../../src/model/index.ts';
import type { ProviderIdentity } from '../directory/directory.ts';
import type { OpenSecret } from '../ports.ts';
import { ProviderConnections } from './connection.ts';
import { explainProviderError, type ProviderRefusal } from './provider-errors.ts';
import { type Claims, readIdentity } from './provider-identity.ts';

/** What `begin` made and `complete` needs again; kept server-side, bound to the browser. */
export interface SignInProof {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export type Begun = ({ readonly kind: 'begun'; readonly url: string } & SignInProof) | ProviderRefusal;

export type Completed =
  | ({
      readonly kind: 'signed-in';
      readonly issuer: string;
      readonly subject: string;
      readonly claims: Claims;
    } & ProviderIdentity)
  | ProviderRefusal;

export interface BeginRequest {
  readonly provider: IdentityProvider;
  readonly redirectUri: string;
  /** `login` asks the provider not to use its own session. */
  readonly prompt?: 'login';
}

export interface CompleteRequest {
  readonly provider: IdentityProvider;
  /** The redirect URI with the query that the browser brought. */
  readonly callbackUrl: URL;
  readonly proof: SignInProof;
}

const DEFAULT_SCOPES = ['profile', 'email'];

/** Our side of OpenID Connect: authorization code flow with PKCE, state and nonce (RFC 9700 2.1). Never rejects. */
export class RelyingParty {
  readonly #openSecret: OpenSecret;
  readonly #connections: ProviderConnections;

  constructor(deps: { readonly openSecret: OpenSecret; readonly clock: Clock }) {
    this.#openSecret = deps.openSecret;
    this.#connections = new ProviderConnections(deps.openSecret, deps.clock);
  }

  async begin(request: BeginRequest): Promise<Begun> {
    const oidc = this.#usable(request.provider);
    if ('code' in oidc) return oidc;
    try {
      return await authorizationUrl(await this.#connections.connect(oidc), oidc, request);
    } catch (thrown) {
      return explainProviderError(thrown);
    }
  }

  async complete({ provider, callbackUrl, proof }: CompleteRequest): Promise<Completed> {
    const oidc = this.#usable(provider);
    if ('code' in oidc) return oidc;
    try {
      const configuration = await this.#connections.connect(oidc);
      return signedIn(await exchangeCode(configuration, callbackUrl, proof), oidc);
    } catch (thrown) {
      return explainProviderError(thrown);
    }
  }

  #usable(provider: IdentityProvider): OidcProvider | ProviderRefusal {
    const { oidc } = provider.spec;
    if (oidc === undefined) return refused('provider-misconfigured', 'the provider has no oidc settings');
    const secret = oidc.clientSecret.fromSecret;
    if (this.#openSecret(secret) === null) return refused('provider-secret-missing', `Secret "${secret}" is missing`);
    return oidc;
  }
}

async function authorizationUrl(
  configuration: client.Configuration,
  oidc: OidcProvider,
  { redirectUri, prompt }: BeginRequest,
): Promise<Begun> {
  const proof = { state: newHandle(), nonce: newHandle(), codeVerifier: client.randomPKCECodeVerifier() };
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: [...new Set(['openid', ...(oidc.scopes ?? DEFAULT_SCOPES)])].join(' '),
    state: proof.state,
    nonce: proof.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(proof.codeVerifier),
    code_challenge_method: 'S256',
    ...(prompt === undefined ? {} : { prompt }),
  });
  return { kind: 'begun', url: url.href, ...proof };
}

/** The library checks `state`, `iss` (RFC 9207), `nonce`, `aud`, `exp` and the ID token's signature. */
async function exchangeCode(
  configuration: client.Configuration,
  callbackUrl: URL,
  proof: SignInProof,
): Promise<client.IDToken> {
  const tokens = await client.authorizationCodeGrant(configuration, callbackUrl, {
    pkceCodeVerifier: proof.codeVerifier,
    expectedState: proof.state,
    expectedNonce: proof.nonce,
    idTokenExpected: true,
  });
  return tokens.claims()!;
}

function signedIn(claims: client.IDToken, oidc: OidcProvider): Completed {
  const reading = readIdentity(claims, oidc);
  if (reading.kind === 'refused') return reading;
  const { identifier, verifiedEmail } = reading;
  return { kind: 'signed-in', issuer: claims.iss, subject: claims.sub, claims, identifier, verifiedEmail };
}

function refused(code: ProviderRefusal['code'], detail: string): ProviderRefusal {
  return { kind: 'refused', code, detail };
}
