/** Tokens that a real authorization server issues to programs, by its key set and by its introspection endpoint. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { Provider } from 'oidc-provider/lib/provider.js';
import { createProviderMemory, MemoryAdapter } from '../../src/dev/inner-provider/memory-adapter.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, service, workload, yaml } from '../support/resources.ts';

const SECRET = 'the-secret-of-the-builds-client';
const clients = ['builds', 'gateway'].map((client_id) => ({
  client_id,
  client_secret: SECRET,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}));

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const memory = createProviderMemory();
const provider = new Provider(issuer, {
  adapter: (kind: string) => new MemoryAdapter(kind, memory),
  ttl: { ClientCredentials: 600 },
  clients,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'rsa' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_: unknown, resource: string) => ({
        scope: 'read write',
        accessTokenFormat: resource === 'urn:jwt' ? 'jwt' : 'opaque',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
server.on('request', provider.callback());

const CLIENT = { authorization: `Basic ${Buffer.from(`builds:${SECRET}`).toString('base64')}` };

async function post(path: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${issuer}${path}`, { method: 'POST', headers: CLIENT, body: new URLSearchParams(form) });
}

async function tokenFor(resource: string, scope = 'read'): Promise<string> {
  const answer = await post('/token', { grant_type: 'client_credentials', resource, scope });
  const { access_token } = (await answer.json()) as { access_token: string };
  assert.equal(typeof access_token, 'string', `status ${answer.status}`);
  return access_token;
}

const upstream = await RecordingUpstream.start('upstream');
const oidc = { clientID: 'gateway', clientSecret: { fromSecret: 'corp-secret' }, issuerURL: issuer };
const config = {
  upstream: { url: upstream.url },
  http: { identityAssertion: { headers: { user: 'X-Webauth-User' } } },
};
const taking = (name: string, token: object) =>
  service(name, { authentication: { tokens: [{ name: 'corp', identityProvider: 'corp', ...token }] }, config });
const introspection = {
  url: `${issuer}/token/introspection`,
  clientID: 'gateway',
  clientSecret: { fromSecret: 'corp-secret' },
  audiences: ['urn:opaque'],
  takeClientIDWhereThereIsNoSubject: true,
  cacheDuration: '100ms',
};

const gateway = await GatewayProcess.start({
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      { kind: 'IdentityProvider', metadata: { name: 'corp' }, spec: { oidc } },
      { kind: 'Secret', metadata: { name: 'corp-secret' }, spec: {}, data: { value: SECRET } },
      workload('builder', { authentication: { identities: [{ identityProvider: 'corp', identifier: 'builds' }] } }),
      taking('jwt', { jwt: { issuer, audiences: ['urn:jwt'], requiredScopes: ['read'] } }),
      taking('opaque', { introspection }),
    ),
  },
});

async function who(host: string, token: string): Promise<string> {
  const { status, reason, body } = await gateway.ask(host, '/', { headers: bearer(token) });
  return status === 200 ? JSON.parse(body).headers['x-webauth-user'] : `${status} ${reason}`;
}

test('a JWT access token, by the keys that the provider publishes', async () => {
  assert.equal(await who('jwt', await tokenFor('urn:jwt')), 'builder');
  assert.equal(await who('jwt', await tokenFor('urn:jwt', 'write')), '403 scope-insufficient');
});

test('an opaque access token, until it is revoked', async () => {
  const token = await tokenFor('urn:opaque');
  assert.equal(await who('opaque', token), 'builder');
  assert.equal((await post('/token/revocation', { token })).status, 200);
  const end = Date.now() + 20_000;
  while ((await who('opaque', token)) !== '401 token-invalid') assert.ok(Date.now() < end, 'it is still taken');
});
