import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideOffline, type Question } from '../../../../src/main/offline/decisions.ts';
import { assembleOffline } from '../../../../src/main/offline.ts';

const TEXT = `
kind: Service
metadata: { name: api }
spec:
  mode: HTTP
  isPublic: true
  config: { upstream: { url: "http://127.0.0.1:1" }, http: { body: { mode: JSON }, enableRequestBuffering: true } }
  dynamicConfig:
    configs: [{ name: canary, upstream: { url: "http://127.0.0.1:2" } }]
    rules: [{ condition: { match: 'ctx.request.http.headers["x-canary"] == "1"' }, configName: canary }]
  authorization:
    inlinePolicies:
      - name: p
        spec:
          rules:
            - { name: ops, effect: ALLOW, condition: { match: '"ops" in ctx.user.spec.groups' } }
            - { name: body, effect: ALLOW, condition: { match: 'ctx.request.http.bodyMap.ok == true' } }
            - { name: token, effect: ALLOW, condition: { match: 'ctx.session.status.credentialRef.name == "ci"' } }
            - { name: never, effect: DENY, condition: { match: 'ctx.request.http.path.startsWith("/never")' } }
---
kind: Service
metadata: { name: open }
spec: { mode: HTTP, isPublic: true, isAnonymous: true, config: { upstream: { url: "http://127.0.0.1:1" } } }
---
kind: Group
metadata: { name: ops }
spec: {}
---
kind: User
metadata: { name: alice }
spec: { type: HUMAN, groups: [ops] }
---
kind: User
metadata: { name: bob }
spec: { type: HUMAN }
---
kind: User
metadata: { name: robot }
spec: { type: WORKLOAD }
---
kind: Credential
metadata: { name: ci }
spec: { type: ACCESS_TOKEN, user: robot, scopes: ['service:other'] }
`;

const { compiled, diagnostics } = assembleOffline([{ file: 'a.yaml', text: TEXT }], 'example.com');
const TIME = Date.parse('2026-11-21T12:00:00Z');

type Given = Partial<Question['asker']> & Partial<Question['request']>;

async function ask({ user = null, groups, session, ...request }: Given) {
  const asker = { user, ...(groups && { groups }), ...(session && { session }) };
  const asked = { method: 'GET', url: 'https://api.example.com/', time: TIME, ...request };
  const { service, decision, config, refusal } = await decideOffline(compiled.snapshot, { asker, request: asked });
  return [service?.name ?? null, decision?.rule ?? null, config?.name ?? null, refusal?.reason ?? null];
}

test('the resources of the test are sound', () => {
  assert.deepEqual(diagnostics, []);
});

test('a request of a user is routed, decided and given a config', async () => {
  assert.deepEqual(await ask({ user: 'alice' }), ['api', 'ops', 'default', null]);
  assert.deepEqual(await ask({ user: 'alice', headers: [['X-Canary', '1']] }), ['api', 'ops', 'canary', null]);
  assert.deepEqual(await ask({ user: 'bob' }), ['api', null, null, 'no-policy-match']);
  assert.deepEqual(await ask({ user: 'alice', url: 'https://api.example.com/a/../never' }), [
    'api',
    'never',
    null,
    'policy-denied',
  ]);
});

test('groups can be supposed', async () => {
  assert.deepEqual(await ask({ user: 'bob', groups: ['ops'] }), ['api', 'ops', 'default', null]);
  assert.deepEqual(await ask({ user: 'alice', groups: [] }), ['api', null, null, 'no-policy-match']);
});

test('a body is read as the Service says', async () => {
  assert.deepEqual(await ask({ user: 'bob', body: Buffer.from('{"ok":true}') }), ['api', 'body', 'default', null]);
  assert.deepEqual(await ask({ user: 'bob', body: Buffer.from('[]') }), ['api', null, null, 'bad-body']);
});

test('a Credential brings its scopes', async () => {
  const session = { credential: 'ci' };
  assert.deepEqual(await ask({ user: 'robot', session }), ['api', null, null, 'scope-insufficient']);
  assert.deepEqual(await ask({ user: 'robot', session: { ...session, scopes: ['service:api'] } }), [
    'api',
    'token',
    'default',
    null,
  ]);
});

test('nobody reaches anonymous Services alone', async () => {
  assert.deepEqual(await ask({}), ['api', null, null, 'unauthenticated']);
  assert.deepEqual(await ask({ url: 'http://open.example.com' }), ['open', null, 'default', null]);
});

test('sessions can be supposed', async () => {
  assert.deepEqual(await ask({ user: 'alice', session: { expiresAt: TIME } }), ['api', null, null, 'session-expired']);
  assert.deepEqual(await ask({ user: 'alice', session: { state: 'PENDING' } }), [
    'api',
    null,
    null,
    'session-not-active',
  ]);
});

test('what reaches no Service says why', async () => {
  assert.deepEqual(await ask({ url: 'https://other.example.com/' }), [null, null, null, 'no-route']);
  assert.deepEqual(await ask({ url: 'https://example.com/' }), [null, null, null, 'no-route']);
  assert.deepEqual(await ask({ url: 'https://api.example.com/%2f' }), [null, null, null, 'bad-path']);
});

test('names that nobody has are told, with what may have been meant', async () => {
  await assert.rejects(ask({ user: 'alise' }), {
    code: 'not-found',
    message: 'there is no User/alise (did you mean "alice"?)',
  });
  await assert.rejects(ask({ user: 'bob', groups: ['op'] }), { message: 'there is no Group/op (did you mean "ops"?)' });
  await assert.rejects(ask({ user: 'robot', session: { credential: 'x' } }), { message: 'there is no Credential/x' });
  await assert.rejects(ask({ url: 'api.example.com' }), { code: 'usage' });
  await assert.rejects(ask({ headers: [['a b', '1']] }), { code: 'usage' });
});
