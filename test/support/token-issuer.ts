import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose';

export interface IssuedKey {
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function newKey(kid: string | null, alg = 'ES256'): Promise<IssuedKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { alg, privateKey, jwk: kid === null ? jwk : { ...jwk, kid } };
}

/** Somebody else's authorization server: publishes keys, signs what it is told to, and answers introspection. */
export class TokenIssuer {
  /** In the published set. */
  keys: readonly IssuedKey[];
  /** How often the key set was read. */
  reads = 0;
  /** What was asked by introspection. */
  readonly asked: { readonly authorization: string; readonly token: string }[] = [];
  /** By token. */
  readonly opaque = new Map<string, Readonly<Record<string, unknown>>>();
  /** Answers instead of everything. */
  misbehave: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  issuer = '';

  private constructor(keys: readonly IssuedKey[]) {
    this.keys = keys;
  }

  /** Ends with the test or the file that asked for it. */
  static async start(): Promise<TokenIssuer> {
    const issuer = new TokenIssuer([await newKey('first')]);
    const server = createServer((request, response) => void issuer.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    after(() => {
      server.closeAllConnections();
      server.close();
    });
    issuer.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return issuer;
  }

  get jwksURL(): string {
    return `${this.issuer}/keys`;
  }

  get introspectionURL(): string {
    return `${this.issuer}/introspect`;
  }

  /** An access token (RFC 9068) for `api` and the subject `robot-1`, for ten minutes, unless it is told otherwise. */
  async token(
    claims: JWTPayload = {},
    header: Partial<JWTHeaderParameters> = {},
    key: IssuedKey = this.keys[0]!,
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.issuer, aud: 'api', sub: 'robot-1', iat: now, exp: now + 600, ...claims };
    const given = Object.entries(usual).filter(([, value]) => value !== null);
    const { kid } = key.jwk;
    const protectedHeader = { alg: key.alg, typ: 'at+jwt', ...(kid !== undefined && { kid }), ...header };
    return new SignJWT(Object.fromEntries(given)).setProtectedHeader(protectedHeader).sign(key.privateKey);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.misbehave !== null) return this.misbehave(request, response);
    response.setHeader('content-type', 'application/json');
    switch (request.url) {
      case '/keys':
        this.reads++;
        response.end(JSON.stringify({ keys: this.keys.map(({ jwk }) => jwk) }));
        return;
      case '/.well-known/openid-configuration':
        response.end(JSON.stringify({ issuer: this.issuer, jwks_uri: this.jwksURL }));
        return;
      case '/introspect':
        response.end(JSON.stringify(await this.#introspect(request)));
        return;
      default:
        response.writeHead(404).end();
    }
  }

  async #introspect(request: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const token = new URLSearchParams(Buffer.concat(chunks).toString()).get('token') ?? '';
    this.asked.push({ authorization: request.headers.authorization ?? '', token });
    return this.opaque.get(token) ?? { active: false };
  }
}
