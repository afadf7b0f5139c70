import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** An issuer of tokens for workloads, such as a CI system, that can be told to misbehave. */
export class Issuer {
  readonly url: string;
  readonly #server: Server;
  readonly keys: Key[] = [];
  /** Addresses that were asked for. */
  readonly asked: string[] = [];
  /** Instead of the documents. */
  answer: ((path: string) => { status?: number; body: string } | 'nothing' | null) | null = null;
  discovery: Record<string, unknown> = {};

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Issuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new Issuer(server);
    server.on('request', (request, response) => {
      const path = request.url ?? '/';
      issuer.asked.push(path);
      const given = issuer.answer?.(path) ?? null;
      if (given === 'nothing') return;
      response.writeHead(given?.status ?? 200, { 'content-type': 'application/json' });
      response.end(given?.body ?? JSON.stringify(issuer.#document(path)));
    });
    return issuer;
  }

  #document(path: string): object {
    if (path !== '/.well-known/openid-configuration') return { keys: this.keys.map(({ jwk }) => jwk) };
    return { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.discovery };
  }

  async newKey(alg = 'ES256'): Promise<Key> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${this.keys.length}`;
    const key = { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
    this.keys.push(key);
    return key;
  }

  /** @param now milliseconds since 1970 */
  async token(
    now: number,
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    key = this.keys[0]!,
  ) {
    const iat = Math.floor(now / 1000);
    const payload = {
      iss: this.url,
      aud: 'https://ostiary.localhost',
      sub: 'repo:example/app',
      iat,
      exp: iat + 300,
      ...claims,
    };
    const stated = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    return new SignJWT(stated)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey, { crit: { x: true } });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
