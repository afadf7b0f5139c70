/** Services that take tokens of other issuers, as their clients and upstreams see it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, policy, service, workload, yaml } from '../support/resources.ts';
import { TokenIssuer } from '../support/token-issuer.ts';
import { until } from '../support/until.ts';
import { EchoSockets, refusedHandshake, SocketClient } from '../support/web-socket.ts';

const upstream = await RecordingUpstream.start('upstream');
const sockets = await EchoSockets.start();
const issuer = await TokenIssuer.start();

const oidc = { clientID: 'x', clientSecret: { fromSecret: 'corp-secret' }, issuerURL: issuer.issuer };
const corp: Document = { kind: 'IdentityProvider', metadata: { name: 'corp' }, spec: { oidc } };
const secret: Document = { kind: 'Secret', metadata: { name: 'corp-secret' }, spec: {}, data: { value: 's3cret' } };
const identities = [{ identityProvider: 'corp', identifier: 'robot-1' }];
const jwt = { issuer: issuer.issuer, audiences: ['api'] };

function taking(name: string, token: object, spec: object = {}, http: object = {}, url = upstream.url): Document {
  const identityAssertion = { headers: { user: 'X-Webauth-User' } };
  return service(name, {
    authentication: { tokens: [{ name: 'corp', identityProvider: 'corp', ...token }] },
    config: { upstream: { url }, http: { identityAssertion, ...http } },
    ...spec,
  });
}

const introspection = {
  url: issuer.introspectionURL,
  clientID: 'ostiary',
  clientSecret: { fromSecret: 'corp-secret' },
  audiences: ['api'],
  cacheDuration: '1s',
};

const gateway = await GatewayProcess.start({
  args: ['--workers', '2'],
  files: {
    'all.yaml': yaml(
      ALLOW_ALL,
      corp,
      secret,
      workload('robot', { authentication: { identities } }),
      workload('ours'),
      policy('acme-only', {
        name: 'others',
        effect: 'DENY',
        condition: { not: 'ctx.session.status.authentication.info.external.claims.tenant == "acme"' },
      }),
      taking('api', { jwt }),
      taking('passing', { jwt }, {}, { header: { authorizationMode: 'PASS' } }),
      taking('scoped', { jwt: { ...jwt, requiredScopes: ['read'] } }),
      taking('opaque', { introspection }),
      taking(
        'guests',
        { jwt, letSubjectsWithoutUserInAsTransientPrincipals: true },
        { authorization: { policies: ['acme-only'] } },
      ),
      taking('chat', { introspection }, {}, {}, sockets.url),
      service('plain', { config: { upstream: { url: upstream.url } } }),
    ),
  },
});

const ours = await gateway.token('ours');
const shows = (host: string, token: string) => gateway.ask(host, '/', { headers: bearer(token) });

/** The user that the upstream was told, or the refusal. */
function who({ status, reason, body }: Answer): string {
  return status === 200 ? String(JSON.parse(body).headers['x-webauth-user']) : `${status} ${reason}`;
}

test('a token of another issuer makes its subject the User who has that identity, only where it is taken', async () => {
  const token = await issuer.token();
  for (let i = 0; i < 8; i++) assert.equal(who(await shows('api', token)), 'robot');
  assert.equal(upstream.last.headers.authorization, undefined);
  const refused = await shows('plain', token);
  assert.equal(who(refused), '401 token-invalid');
  assert.equal(who(await shows('api', await issuer.token({ sub: 'somebody' }))), '401 token-invalid');
});

test('our own tokens and sessions work beside them', async () => {
  assert.equal(who(await shows('api', ours)), 'ours');
  assert.equal(who(await gateway.ask('api')), '401 unauthenticated');
  assert.equal(who(await shows('api', 'ost_at_wrong')), '401 token-invalid');
});

test('the token is passed on where the Service says so, ours never is', async () => {
  const token = await issuer.token();
  assert.equal(who(await shows('passing', token)), 'robot');
  assert.equal(upstream.last.headers.authorization, `Bearer ${token}`);
  assert.equal(who(await shows('passing', ours)), 'ours');
  assert.equal(upstream.last.headers.authorization, undefined);
});

test('refusals say what RFC 6750 says', async () => {
  const expired = await shows('api', await issuer.token({ exp: 1 }));
  assert.equal(expired.headers['www-authenticate'], 'Bearer realm="ostiary", error="invalid_token"');
  const narrow = await shows('scoped', await issuer.token({ scope: 'write' }));
  assert.equal(who(narrow), '403 scope-insufficient');
  assert.equal(narrow.headers['www-authenticate'], 'Bearer realm="ostiary", error="insufficient_scope"');
  assert.equal(who(await shows('scoped', await issuer.token({ scope: 'read' }))), 'robot');
  const { detail } = await gateway.logged(({ requestId }) => requestId === narrow.requestId);
  assert.equal(detail, 'corp: the token lacks the scope read');
  assert.ok(!narrow.body.includes('corp'));
});

test('opaque tokens by introspection, as this client', async () => {
  issuer.opaque.set('opaque-1', { active: true, sub: 'robot-1', aud: 'api' });
  assert.equal(who(await shows('opaque', 'opaque-1')), 'robot');
  assert.equal(issuer.asked.at(-1)?.authorization, `Basic ${Buffer.from('ostiary:s3cret').toString('base64')}`);
  assert.equal(who(await shows('opaque', 'made-up')), '401 token-invalid');
});

test('a transient principal: policies see the claims, and no User of that name is meant', async () => {
  const acme = { tenant: 'acme', sub: 'ours' };
  assert.equal(who(await shows('guests', await issuer.token(acme))), 'external:corp:ours');
  assert.equal(who(await shows('guests', await issuer.token({ ...acme, tenant: 'evil' }))), '403 policy-denied');
  // A User who is known by his own session has no such claims, so the rule that denies cannot be ruled out.
  assert.equal(who(await shows('guests', ours)), '403 policy-error');
});

test('an open WebSocket ends when its token is withdrawn', async () => {
  issuer.opaque.set('socket', { active: true, sub: 'robot-1', aud: 'api' });
  const where = { host: `chat.${DOMAIN}`, headers: bearer('socket') };
  const client = await SocketClient.open(gateway.port, where);
  client.send('hello');
  assert.equal(await client.next(), 'hello');
  issuer.opaque.delete('socket');
  await until(
    () => 'the socket to be closed',
    () => sockets.open.length === 0 || undefined,
  );
  assert.equal((await refusedHandshake(gateway.port, where)).status, 401);
});
