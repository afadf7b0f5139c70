import { calculatePKCECodeChallenge, randomPKCECodeVerifier } from 'openid-client';
import { newHandle } from '../../src/base/ids.ts';
import type { SecretValue } from '../../src/base/secret-value.ts';
import type { Github, IdentityProvider } from '../../src/model/index.ts';
import type { BeginRequest, Begun } from '../oidc/authorization-request.ts';
import { isTrustworthy } from '../oidc/guarded-fetch.ts';
import type { ProviderFailure, ProviderRefusal } from '../oidc/provider-errors.ts';
import type { Completed, CompleteRequest, SignInProtocol } from '../oidc/relying-party.ts';
import type { OpenSecret } from '../ports.ts';
import { onlyParameter } from '../site/visit.ts';
import { readAccount } from './account.ts';
import { addressesOf, ask, GithubFault, own } from './github-api.ts';

export interface GithubSignInDeps {
  readonly openSecret: OpenSecret;
  /** Milliseconds for each call to GitHub; 10 s when left out. */
  readonly timeout?: number;
}

/** The access token is forgotten, and there is nothing to sign out with. */
const NO_TOKENS = { idToken: null, refreshToken: null };

const CALL_TIMEOUT = 10_000;
const SCOPES = 'read:user user:email';
const ACCESS_TOKEN = /^[\x21-\x7e]{1,4096}$/;
/** What GitHub says when our registration there is wrong. */
const OUR_REGISTRATION: ReadonlySet<unknown> = new Set([
  'incorrect_client_credentials',
  'redirect_uri_mismatch',
  'application_suspended',
]);

/**
 * OAuth 2.0 as GitHub speaks it, authorization code with PKCE: there is no ID token, so the account is asked for with
 * the access token, which is then forgotten. Never rejects.
 */
export class GithubSignIn implements SignInProtocol {
  readonly #openSecret: OpenSecret;
  readonly #timeout: number;

  constructor({ openSecret, timeout = CALL_TIMEOUT }: GithubSignInDeps) {
    this.#openSecret = openSecret;
    this.#timeout = timeout;
  }

  async begin({ provider, redirectUri, prompt }: BeginRequest): Promise<Begun> {
    return answered(async () => {
      const { github } = this.#usable(provider);
      const proof = { state: newHandle(), nonce: newHandle(), codeVerifier: randomPKCECodeVerifier() };
      const url = new URL(addressesOf(github).authorize);
      url.search = new URLSearchParams({
        client_id: github.clientID,
        redirect_uri: redirectUri,
        scope: SCOPES,
        state: proof.state,
        code_challenge: await calculatePKCECodeChallenge(proof.codeVerifier),
        code_challenge_method: 'S256',
        ...(prompt !== undefined && { prompt: 'select_account' }),
      }).toString();
      return { kind: 'begun', url: url.href, ...proof };
    });
  }

  async complete(request: CompleteRequest): Promise<Completed> {
    return answered(async () => {
      const { github, secret } = this.#usable(request.provider);
      const { issuer, api } = addressesOf(github);
      const accessToken = await this.#exchange(github, secret, request);
      const { id, login, verifiedEmail } = await readAccount(api, accessToken, this.#timeout);
      const claims = { iss: issuer, sub: id, login, ...(verifiedEmail !== null && { email: verifiedEmail }) };
      const identity = { identifier: login, stableIdentifier: `id:${id}`, verifiedEmail };
      return { kind: 'signed-in', issuer, subject: id, claims, tokens: NO_TOKENS, tellsOfLogout: false, ...identity };
    });
  }

  #usable({ spec }: IdentityProvider): { readonly github: Github; readonly secret: SecretValue } {
    const { github } = spec;
    if (github === undefined) throw new GithubFault('provider-misconfigured', 'the provider has no github settings');
    if (!isTrustworthy(new URL(addressesOf(github).issuer))) {
      throw new GithubFault('provider-misconfigured', 'baseURL is not https');
    }
    const name = github.clientSecret.fromSecret;
    const secret = this.#openSecret(name);
    if (secret === null) throw new GithubFault('provider-secret-missing', `Secret "${name}" is missing`);
    return { github, secret };
  }

  async #exchange(github: Github, secret: SecretValue, { callbackUrl, proof }: CompleteRequest): Promise<string> {
    const body = new URLSearchParams({
      client_id: github.clientID,
      client_secret: secret.reveal(),
      code: codeIn(callbackUrl, proof.state),
      redirect_uri: `${callbackUrl.origin}${callbackUrl.pathname}`,
      code_verifier: proof.codeVerifier,
    });
    const url = addressesOf(github).token;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return accessTokenIn(await ask({ url, method: 'POST', headers, body, timeout: this.#timeout }));
  }
}

/** RFC 6749 4.1.2 */
function codeIn({ searchParams }: URL, state: string): string {
  if (onlyParameter(searchParams, 'state') !== state) {
    throw new GithubFault('provider-answer-invalid', 'the state is not the one that was sent');
  }
  const error = onlyParameter(searchParams, 'error');
  if (error !== null) {
    throw new GithubFault(error === 'access_denied' ? 'sign-in-cancelled' : 'provider-declined', error.slice(0, 100));
  }
  const code = onlyParameter(searchParams, 'code');
  if (code !== null && code !== '') return code;
  throw new GithubFault('provider-answer-invalid', 'there is no code, or several');
}

/** GitHub answers errors with 200. */
function accessTokenIn({ status, value }: { readonly status: number; readonly value: unknown }): string {
  const error = own(value, 'error');
  if (error !== undefined) {
    const code: ProviderFailure = OUR_REGISTRATION.has(error) ? 'provider-misconfigured' : 'provider-answer-invalid';
    throw new GithubFault(code, `the code was not exchanged: ${String(error).slice(0, 100)}`);
  }
  const [token, type] = [own(value, 'access_token'), own(value, 'token_type')];
  const isBearer = typeof type === 'string' && type.toLowerCase() === 'bearer';
  if (status === 200 && isBearer && typeof token === 'string' && ACCESS_TOKEN.test(token)) return token;
  throw new GithubFault('provider-answer-invalid', `the code was not exchanged: ${status}, no bearer token`);
}

async function answered<T>(work: () => Promise<T>): Promise<T | ProviderRefusal> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof GithubFault) return { kind: 'refused', code: thrown.code, detail: thrown.message };
    return { kind: 'refused', code: 'provider-answer-invalid', detail: 'the answer could not be used' };
  }
}
