import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { KeySets } from '../../../identity/third-party/key-sets.ts';
import { ThirdPartyTokens } from '../../../identity/third-party/third-party-tokens.ts';
import { systemClock } from '../../../src/base/clock.ts';
import type { Ask, AskedKernel } from './kernel.ts';

const ISSUER = 'https://id.example.com';

/** Who shows a JWT that somebody else has issued, and the fields to show it in. */
export async function issuedTokenAsker(kernel: AskedKernel): Promise<[Ask, string[][]]> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwksURL = await publish(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
  const jwt = { issuer: ISSUER, jwksURL, audiences: ['api'] };
  const deps = { keySets: new KeySets(systemClock), clock: systemClock, domain: 'example.com' };
  const tokens = new ThirdPartyTokens([{ name: 'corp', jwt, identityProvider: 'corp' }], 'app', deps);
  const around = { isProviderEnabled: () => true, openSecret: () => null };
  const ask = kernel.asker(false, ({ request, snapshot: { directory } }) =>
    tokens.identify(request.headers, { directory, ...around }),
  );
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT({ iss: ISSUER, aud: 'api', sub: 'robot-1', iat: now, exp: now + 3600 })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
    .sign(privateKey);
  return [ask, [['authorization', `Bearer ${token}`]]];
}

/** Gives the URL of the text, which is there as long as the process. */
async function publish(text: string): Promise<string> {
  const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
