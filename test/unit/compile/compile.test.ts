import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { CompiledSnapshot } from '../../../src/gateway/snapshot.ts';
import { bench } from './compiled.ts';

function service(name: string, more = '', config = 'config: {upstream: {url: "http://127.0.0.1:3000"}}'): string {
  return `kind: Service\nmetadata: {name: ${name}}\nspec:\n  mode: HTTP\n  isPublic: true\n  ${config}\n${more}`;
}

function documents(...texts: string[]): string {
  return texts.join('\n---\n');
}

function state(snapshot: CompiledSnapshot, host: string, path = '/'): string | null {
  const found = snapshot.routes.route(host, 'GET', path);
  return found === null ? null : `${found.name} ${found.state.kind}`;
}

test('a Service answers on its own hosts and on those it names', () => {
  const { snapshot, errors } = bench().compile(
    documents(
      service('api', '  hosts: [api.example.org]'),
      'kind: Namespace\nmetadata: {name: prod}',
      service('web.prod'),
      service('default.prod'),
    ),
  );
  assert.deepEqual(errors, []);
  for (const host of ['api.example.com', 'api.default.example.com', 'api.example.org']) {
    assert.equal(state(snapshot, host), 'api ready');
  }
  assert.equal(state(snapshot, 'web.prod.example.com'), 'web.prod ready');
  assert.equal(state(snapshot, 'prod.example.com'), 'default.prod ready');
  assert.equal(state(snapshot, 'example.com'), null);
});

test('a Service that is not public is not routed', () => {
  const { snapshot } = bench().compile(service('api').replace('isPublic: true', 'isPublic: false'));
  assert.equal(state(snapshot, 'api.example.com'), null);
});

test('a Service with a bad expression is broken, and takes no other with it', () => {
  const rules =
    '  dynamicConfig: {configs: [{name: v1}], rules: [{condition: {match: "ctx.request.http.path.startsWith("}, configName: v1}]}';
  const { snapshot, errors } = bench().compile(documents(service('bad', rules), service('good')));
  assert.equal(state(snapshot, 'bad.example.com'), 'bad broken');
  assert.equal(state(snapshot, 'good.example.com'), 'good ready');
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? '', /^7:\d+ spec\.dynamicConfig\.rules\[0\]\.condition\.match: /);
});

test('a Service with a schema error still matches its paths, so that no broader one answers there', () => {
  const match = '  match: {paths: [{prefix: /admin}]}\n  hosts: [app.example.org]\n  colour: red';
  const { snapshot } = bench().compile(
    documents(service('admin', match), service('app', '  hosts: [app.example.org]')),
  );
  assert.equal(state(snapshot, 'app.example.org', '/admin/x'), 'admin broken');
  assert.equal(state(snapshot, 'app.example.org', '/'), 'app ready');
});

test('a path pattern that does not compile keeps the paths that it surely meant', () => {
  const match = '  match: {paths: [{regex: "/admin/(?=x)"}]}\n  hosts: [app.example.org]';
  const { snapshot, errors } = bench().compile(
    documents(service('admin', match), service('app', '  hosts: [app.example.org]')),
  );
  assert.equal(state(snapshot, 'app.example.org', '/admin/x'), 'admin broken');
  assert.match(errors.join(), /RE2/);
});

test('a container upstream is accepted and its Service broken', () => {
  const config = 'config: {upstream: {container: {image: "org/x:1", port: 80}}}';
  const { snapshot, errors } = bench().compile(service('api', '', config));
  assert.equal(state(snapshot, 'api.example.com'), 'api broken');
  assert.deepEqual(errors, []);
});

test('in a tie neither of two newcomers answers, and both are told of', () => {
  const { snapshot, errors } = bench().compile(
    documents(service('one', '  hosts: [app.example.org]'), service('two', '  hosts: [app.example.org]')),
  );
  assert.equal(state(snapshot, 'app.example.org'), 'one broken');
  assert.equal(state(snapshot, 'two.example.com'), 'two ready');
  assert.match(errors.join(), /equally specific/);
});

test('a newcomer does not take an address over, whatever its name', () => {
  const { compile } = bench();
  compile(service('protected', '  hosts: [app.example.org]')).commit();
  const both = documents(
    service('a-newcomer', '  isAnonymous: true\n  hosts: [app.example.org]'),
    service('protected', '  hosts: [app.example.org]'),
  );
  for (let i = 0; i < 2; i++) {
    const { snapshot, commit } = compile(both);
    commit();
    assert.equal(state(snapshot, 'app.example.org'), 'protected ready');
  }
});

test('of two documents of one name neither is live', () => {
  const { snapshot } = bench().compile(
    documents(service('api', '  isAnonymous: true'), service('api', '  hosts: [app.example.org]')),
  );
  assert.equal(state(snapshot, 'api.example.com'), 'api broken');
  assert.equal(state(snapshot, 'app.example.org'), 'api broken');
});

test('a broken default Namespace is not replaced by the built-in one', () => {
  for (const name of ['default', 'Default']) {
    const broken = `kind: Namespace\nmetadata: {name: ${name}}\nspec: {authorisation: {policies: [deny-all]}}`;
    assert.equal(state(bench().compile(documents(broken, service('api'))).snapshot, 'api.example.com'), 'api broken');
  }
});

const OPEN = service('open', '  isAnonymous: true\n  hosts: [app.example.org]');

test('a broken Service keeps the address that it had, also when its match cannot be read', () => {
  const { compile } = bench();
  const before = service('admin', '  match: {paths: [{prefix: /admin}]}\n  hosts: [app.example.org]');
  compile(documents(before, OPEN)).commit();
  const { snapshot } = compile(documents('kind: Service\nmetadata: {name: admin}\nspecs: {}', OPEN));
  assert.equal(state(snapshot, 'app.example.org', '/admin/x'), 'admin broken');
  assert.equal(state(snapshot, 'app.example.org', '/'), 'open ready');
});

test('a misspelt match or isPublic does not leave the address to an anonymous Service', () => {
  for (const more of ['  mach: [/admin]', '  match: {paths: [{regex: 1}]}']) {
    const { snapshot } = bench().compile(documents(service('zadmin', `${more}\n  hosts: [app.example.org]`), OPEN));
    assert.equal(state(snapshot, 'app.example.org', '/admin'), 'zadmin broken');
  }
  const misspelt = service('api').replace('isPublic', 'isPublik');
  assert.equal(state(bench().compile(misspelt).snapshot, 'api.example.com'), 'api broken');
});

test('a pattern that does not compile claims everything that begins as it does', () => {
  const bad = service('admin', '  match: {paths: [{regex: "/adm(?=in)"}]}\n  hosts: [app.example.org]');
  const { snapshot } = bench().compile(documents(bad, OPEN));
  assert.equal(state(snapshot, 'app.example.org', '/admin'), 'admin broken');
  assert.equal(state(snapshot, 'app.example.org', '/other'), 'open ready');
});

test('a path in a spelling that no request has is an error, and is claimed in the right one', () => {
  const bad = service('admin', '  match: {paths: [{template: "/%61dmin/{id}"}]}\n  hosts: [app.example.org]');
  const { snapshot, errors } = bench().compile(documents(bad, OPEN));
  assert.match(errors.join(), /another spelling/);
  assert.equal(state(snapshot, 'app.example.org', '/admin/7'), 'admin broken');
});

test('whoever may GET may HEAD', () => {
  const { snapshot } = bench().compile(service('api', '  match: {methods: [GET]}'));
  assert.equal(snapshot.routes.route('api.example.com', 'HEAD', '/')?.name, 'api');
  assert.equal(snapshot.routes.route('api.example.com', 'POST', '/'), null);
});

test('a broken ClusterConfig leaves no Service running without its policies', () => {
  const broken = 'kind: ClusterConfig\nmetadata: {name: default}\nspec: {authorisation: {policies: [deny-all]}}';
  const { snapshot } = bench().compile(documents(broken, service('api')));
  assert.equal(state(snapshot, 'api.example.com'), 'api broken');
});

test('a Service in a broken or missing Namespace is broken', () => {
  const broken = 'kind: Namespace\nmetadata: {name: prod}\nspec: {authorisation: {}}';
  assert.equal(
    state(bench().compile(documents(broken, service('api.prod'))).snapshot, 'api.prod.example.com'),
    'api.prod broken',
  );
  assert.equal(state(bench().compile(service('api.prod')).snapshot, 'api.prod.example.com'), 'api.prod broken');
});

test('nobody is a user one of whose Groups is broken: its denials would be escaped', () => {
  const group = 'kind: Group\nmetadata: {name: suspended}\nspec: {authorisation: {policies: [deny-all]}}';
  const user = 'kind: User\nmetadata: {name: mallory}\nspec: {type: HUMAN, groups: [suspended]}';
  const { snapshot } = bench().compile(documents(group, user, service('api')));
  assert.equal(snapshot.directory.user('mallory'), null);
});

test('a Group whose policy is missing denies its members', () => {
  const yaml = documents(
    'kind: Group\nmetadata: {name: dev}\nspec: {authorization: {policies: [no-such-policy]}}',
    'kind: User\nmetadata: {name: alice}\nspec: {type: HUMAN, groups: [dev]}',
    service('api', '  authorization: {policies: [allow-all]}'),
  );
  const { snapshot } = bench().compile(yaml);
  const user = snapshot.directory.user('alice');
  assert.ok(user !== null);
  const session = {
    kind: 'Session',
    metadata: { name: 'alice-abc123', uid: '1', createdAt: '2026-01-01T00:00:00Z' },
    spec: { state: 'ACTIVE', expiresAt: '2999-01-01T00:00:00Z' },
    status: { type: 'CLIENTLESS', isBrowser: true, userRef: { name: 'alice' } },
  } as never;
  const principal = { kind: 'human', user, groups: snapshot.directory.groupsOf(user), session, device: null } as const;
  const decision = snapshot.services[0]!.authorizer.authorize(principal, { ctx: new Map(), time: Date.now() } as never);
  assert.deepEqual([decision.effect, decision.reason, decision.policy], ['deny', 'policy-error', 'no-such-policy']);
});

test('generations count what serves; what did not change is reused, connections included', () => {
  const { compile, made } = bench();
  const first = compile(service('api'));
  first.commit();
  const discarded = compile(service('other'));
  discarded.discard();
  const second = compile(documents(service('api'), service('web')));
  second.commit();
  assert.deepEqual([first.snapshot.generation, second.snapshot.generation], [1, 2]);
  assert.equal(made.length, 1, 'three generations with one and the same upstream');
  assert.equal(first.snapshot.services[0]?.selector, second.snapshot.services[0]?.selector);
});

test('an upstream that nothing uses any more is closed after a grace period, not before', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { compile, closed } = bench();
    compile(service('api')).commit();
    compile(service('api', '', 'config: {upstream: {url: "http://127.0.0.1:4000"}}')).commit();
    assert.deepEqual(closed, []);
    mock.timers.tick(60_000);
    assert.deepEqual(closed, ['http://127.0.0.1:3000']);
  } finally {
    mock.timers.reset();
  }
});

test('a child config is laid over its parent', () => {
  const dynamic = `  dynamicConfig:
    configs: [{name: v2, parent: default, http: {path: {removePrefix: /v2}}}]
    rules: [{condition: {matchAny: true}, configName: v2}]`;
  const { snapshot, errors } = bench().compile(service('api', dynamic));
  assert.deepEqual(errors, []);
  const selection = snapshot.services[0]!.selector.select({ ctx: new Map(), time: 0 } as never);
  assert.equal(selection.kind === 'selected' && selection.config.name, 'v2');
  assert.equal(selection.kind === 'selected' && selection.config.upstream?.name, 'http://127.0.0.1:3000');
});
