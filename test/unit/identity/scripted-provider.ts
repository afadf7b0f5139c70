import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { CLIENT_ID } from '../../support/oidc-provider.ts';

export type Claims = JWTPayload & { nonce?: string };

export interface ScriptedKey {
  readonly kid: string;
  readonly jwk: JWK;
  readonly sign: (claims: Claims, header?: object) => Promise<string>;
}

export async function newKey(kid: string, alg = 'ES256'): Promise<ScriptedKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg, use: 'sig', kid };
  const sign = (claims: Claims, header: object = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
  return { kid, jwk, sign };
}

/** A provider that lies as it is told to, for what an honest one cannot be made to do. */
export class ScriptedProvider {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly key: ScriptedKey;
  discoveries = 0;
  keySets = 0;
  tokenRequests: { form: URLSearchParams; authorization: string | undefined }[] = [];
  /** Spread over an honest discovery document. */
  metadata: object = {};
  /** Spread over honest claims. */
  claims: Claims = {};
  /** Makes the ID token out of the claims; by default it is signed with the published key. */
  forge: ((claims: Claims, issuer: string) => Promise<string> | string) | null = null;
  /** What the discovery document answers instead, while it is set. */
  outage: { status: number; body: string } | null = null;
  /** What the key set is instead; `hangs`: it never comes. */
  keys: readonly JWK[] | 'hangs' | 'endless' | null = null;
  userInfo: Claims = { sub: 'alice' };
  /** Spread over the answer of the token endpoint. */
  tokens: object = {};
  /** Of that answer. */
  tokenStatus = 200;
  /** `WWW-Authenticate` of that answer. */
  tokenChallenge: string | null = null;
  nonce = '';
  /** Where a browser that comes to sign in is sent; by default back, with a code. */
  sendTo: (asked: URLSearchParams) => URL = (asked) => this.back(asked);

  private constructor(key: ScriptedKey) {
    this.key = key;
  }

  static async start(): Promise<ScriptedProvider> {
    const provider = new ScriptedProvider(await newKey('k'));
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get sign(): (claims: Claims) => Promise<string> {
    return (claims) => this.key.sign(claims);
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** What an honest provider answers to an authorization request. */
  back(asked: URLSearchParams): URL {
    const url = new URL(asked.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries({ code: 'c', state: asked.get('state') ?? '', iss: this.issuer }))
      url.searchParams.set(name, value);
    return url;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/.well-known/openid-configuration') return this.#answerDiscovery(response);
    if (request.url === '/jwks') return this.#answerKeys(response);
    if (request.url === '/userinfo') return json(response, this.userInfo);
    if (request.url?.startsWith('/authorize?') === true)
      return this.#authorize(new URL(request.url, this.issuer), response);
    let form = '';
    for await (const chunk of request) form += String(chunk);
    this.tokenRequests.push({ form: new URLSearchParams(form), authorization: request.headers.authorization });
    const idToken = await (this.forge ?? this.sign)(this.#honestClaims(), this.issuer);
    if (this.tokenChallenge !== null) response.setHeader('www-authenticate', this.tokenChallenge);
    json(response, { access_token: 'a', token_type: 'bearer', id_token: idToken, ...this.tokens }, this.tokenStatus);
  }

  #authorize({ searchParams: asked }: URL, response: ServerResponse): void {
    this.nonce = asked.get('nonce') ?? '';
    response.writeHead(302, { location: this.sendTo(asked).href }).end();
  }

  #answerKeys(response: ServerResponse): void {
    this.keySets++;
    if (this.keys === 'hangs') return;
    const padding = this.keys === 'endless' ? { padding: 'x'.repeat(2_000_000) } : {};
    json(response, { keys: Array.isArray(this.keys) ? this.keys : [this.key.jwk], ...padding });
  }

  #answerDiscovery(response: ServerResponse): void {
    this.discoveries++;
    if (this.outage !== null) {
      response.writeHead(this.outage.status, { 'content-type': 'application/json' }).end(this.outage.body);
      return;
    }
    const { issuer } = this;
    const honest = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      authorization_response_iss_parameter_supported: true,
    };
    json(response, { ...honest, ...this.metadata });
  }

  #honestClaims(): Claims {
    const now = Math.floor(Date.now() / 1000);
    const honest = { iss: this.issuer, aud: CLIENT_ID, sub: 'alice', iat: now, exp: now + 300, nonce: this.nonce };
    return { ...honest, ...this.claims };
  }
}

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
