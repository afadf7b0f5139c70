import * as client from 'openid-client';
import { newHandle } from '../../src/base/ids.ts';
import type { IdentityProvider, OidcProvider } from '../../src/model/index.ts';
import type { ProviderRefusal } from './provider-errors.ts';

/** What `begin` made and `complete` needs again; kept server-side, bound to the browser. */
export interface SignInProof {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export type Begun = ({ readonly kind: 'begun'; readonly url: string } & SignInProof) | ProviderRefusal;

export interface BeginRequest {
  readonly provider: IdentityProvider;
  readonly redirectUri: string;
  /** `login` asks the provider not to use its own session. */
  readonly prompt?: 'login';
}

const DEFAULT_SCOPES = ['profile', 'email'];

/** Where the browser is sent; the provider is told what for beforehand where it offers that (RFC 9126). */
export async function authorizationUrl(
  configuration: client.Configuration,
  oidc: OidcProvider,
  { redirectUri, prompt }: BeginRequest,
): Promise<Begun> {
  const proof = { state: newHandle(), nonce: newHandle(), codeVerifier: client.randomPKCECodeVerifier() };
  const scopes = [...new Set(['openid', ...(oidc.scopes ?? DEFAULT_SCOPES)])];
  const prompts = promptsFor(scopes, prompt);
  const parameters = {
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state: proof.state,
    nonce: proof.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(proof.codeVerifier),
    code_challenge_method: 'S256',
    ...(prompts === '' ? {} : { prompt: prompts }),
  };
  const isPushed = configuration.serverMetadata().pushed_authorization_request_endpoint !== undefined;
  const url = isPushed
    ? await client.buildAuthorizationUrlWithPAR(configuration, parameters)
    : client.buildAuthorizationUrl(configuration, parameters);
  return { kind: 'begun', url: url.href, ...proof };
}

/** OpenID Connect Core 11: `offline_access` counts only when consent is asked for. */
function promptsFor(scopes: readonly string[], prompt: BeginRequest['prompt']): string {
  const consent = scopes.includes('offline_access') ? ['consent'] : [];
  return [...(prompt === undefined ? [] : [prompt]), ...consent].join(' ');
}
