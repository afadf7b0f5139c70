import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RecordedRequest } from '../../../../src/admin/decision-api.ts';
import { assembleOffline } from '../../../../src/main/offline.ts';
import { compareDecisions } from '../../../../src/main/replay/compare.ts';
import { Redecider } from '../../../../src/main/replay/redecider.ts';
import { type Document, group, policy, service, workload, yaml } from '../../../support/resources.ts';

const UPSTREAM = { config: { upstream: { url: 'http://127.0.0.1:1' } } };
const ALLOW = { name: 'allow', effect: 'ALLOW', condition: { matchAny: true } };
const BUNDLE = fileURLToPath(new URL('../../../fixtures/opa-bundles/hs256.tar.gz', import.meta.url));
const NOW = Date.parse('2026-11-18T12:00:00Z');

function snapshotOf(...documents: readonly Document[]) {
  const { compiled, diagnostics } = assembleOffline([{ file: 'a.yaml', text: yaml(...documents) }]);
  assert.deepEqual(diagnostics, []);
  return compiled.snapshot;
}

function api(rules: readonly object[], spec: object = {}): Document {
  return service('api', {
    authorization: { inlinePolicies: [{ name: 'own', spec: { rules } }] },
    ...UPSTREAM,
    ...spec,
  });
}

function request(changes: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    time: NOW,
    service: 'api',
    user: 'robot',
    credential: null,
    method: 'GET',
    host: 'api.localhost',
    path: '/v1',
    queryLength: 0,
    httpVersion: '2',
    clientAddress: '192.0.2.1',
    hasNoBody: false,
    ...changes,
  };
}

/** `allow`, `deny`, or what is needed to say. */
function decided(match: string, changes: Partial<RecordedRequest> = {}, spec: object = {}): string {
  const robot = workload('robot', { groups: ['bots'] });
  const snapshot = snapshotOf(group('bots'), robot, api([{ effect: 'ALLOW', condition: { match } }], spec));
  const again = new Redecider(snapshot).decide(request(changes));
  if (again.kind === 'decided') return again.verdict.effect;
  return again.kind === 'unknown' ? again.reads : again.what;
}

test('what the log has decides', () => {
  const known = [
    'ctx.request.http.method == "GET" && ctx.request.http.path == "/v1" && ctx.request.http.host == "api.localhost"',
    'ctx.request.ip == "192.0.2.1" && ctx.request.http.uri == "/v1"',
    'ctx.request.time == timestamp("2026-11-18T12:00:00Z") && now() == ctx.request.time',
    '"bots" in ctx.user.spec.groups && ctx.groups[0].metadata.name == "bots" && ctx.service.metadata.name == "api"',
    'ctx.session.status.userRef.name == "robot"',
    '!has(ctx.request.http.body) && !("x" in ctx.request.http.query)',
  ];
  for (const match of known) assert.equal(decided(match), 'allow', match);
});

test('what the log does not have is named', () => {
  assert.equal(decided('ctx.request.http.headers.x == "1"'), 'ctx.request.http.headers');
  assert.equal(decided('has(ctx.request.http.headers.x)'), 'ctx.request.http.headers');
  assert.equal(decided('!has(ctx.request.tls)'), 'ctx.request.tls');
  assert.equal(decided('ctx.session.status.isBrowser'), 'ctx.session.status.isBrowser');
  assert.equal(decided('size(ctx.request.http.query) == 0', { queryLength: 3 }), 'ctx.request.http.query');
  const buffering = { config: { ...UPSTREAM.config, http: { enableRequestBuffering: true } } };
  assert.equal(decided('!has(ctx.request.http.bodyMap)', {}, buffering), 'ctx.request.http.bodyMap');
  assert.equal(decided('size(ctx.request.http) > 1'), 'ctx.request.http');
});

test('a request without a body has none where the Service reads bodies', () => {
  const buffering = { config: { ...UPSTREAM.config, http: { body: { mode: 'JSON' }, enableRequestBuffering: true } } };
  const without = (match: string) => decided(match, { hasNoBody: true }, buffering);
  assert.equal(without('!has(ctx.request.http.bodyMap)'), 'allow');
  assert.equal(without('ctx.request.http.bodyMap.amount > 10'), 'deny');
  assert.equal(without('ctx.request.http.size == 0 && size(ctx.request.http.body) == 0'), 'allow');
  assert.equal(decided('ctx.request.http.bodyMap.amount > 10', {}, buffering), 'ctx.request.http.bodyMap');
  assert.equal(decided('ctx.request.http.size > 9', {}, buffering), 'ctx.request.http.size');
  assert.equal(decided('ctx.request.http.size > 9', { hasNoBody: true }), 'ctx.request.http.size', 'a header says it');
});

test('what decides whatever a header says is decided', () => {
  const header = 'has(ctx.request.http.headers.x)';
  assert.equal(decided(`ctx.request.http.method == "GET" || ${header}`), 'allow');
  assert.equal(decided(`${header} || ctx.request.http.method == "GET"`), 'allow');
  assert.equal(decided(`${header} && ctx.request.http.method == "POST"`), 'deny');
});

test('what a session is not known to be is asked for each time, whoever was decided before', () => {
  const match = 'ctx.session.status.isBrowser';
  const snapshot = snapshotOf(workload('robot'), api([{ effect: 'ALLOW', condition: { match } }]));
  const redecider = new Redecider(snapshot);
  for (let i = 0; i < 3; i++) assert.equal(redecider.decide(request()).kind, 'unknown');
});

test('what a shadow policy reads is not needed', () => {
  const shadow = { shadow: true, rules: [{ effect: 'DENY', condition: { match: 'has(ctx.request.tls)' } }] };
  const authorization = { inlinePolicies: [{ spec: { rules: [ALLOW] } }, { spec: shadow }] };
  const again = new Redecider(snapshotOf(workload('robot'), api([], { authorization }))).decide(request());
  assert.deepEqual(again.kind === 'decided' && again.verdict.effect, 'allow');
});

test('what does not exist is named, names of prototypes too', () => {
  assert.equal(decided('true', { service: 'other' }), 'Service/other');
  assert.equal(decided('true', { service: '__proto__' }), 'Service/__proto__');
  assert.equal(decided('true', { user: 'constructor' }), 'User/constructor');
});

test('policies of a Credential count; one that is not there is told', () => {
  const authorization = { inlinePolicies: [{ spec: { rules: [{ ...ALLOW, effect: 'DENY' }] } }] };
  const credential = {
    kind: 'Credential',
    metadata: { name: 'key' },
    spec: { type: 'ACCESS_TOKEN', user: 'robot', authorization },
  };
  const redecider = new Redecider(snapshotOf(workload('robot'), credential, api([ALLOW])));
  const effect = (name: string | null) => {
    const again = redecider.decide(request({ credential: name }));
    return again.kind === 'decided' ? [again.verdict.effect, again.without] : again;
  };
  assert.deepEqual(effect(null), ['allow', null]);
  assert.deepEqual(effect('key'), ['deny', null]);
  assert.deepEqual(effect('gone'), ['allow', 'gone']);
});

test('a Service that is switched off or has become anonymous decides as it would', () => {
  const verdict = (spec: object) => {
    const again = new Redecider(snapshotOf(workload('robot'), api([], spec))).decide(request());
    return again.kind === 'decided' ? [again.verdict.effect, again.verdict.reason] : again;
  };
  assert.deepEqual(verdict({ isDisabled: true }), ['deny', 'service-disabled']);
  assert.deepEqual(verdict({ isAnonymous: true, authorization: undefined }), ['allow', 'anonymous']);
});

test('two configurations are compared for every user, with what either mentions', async () => {
  const bans = { name: 'bans', effect: 'DENY', condition: { match: 'ctx.request.http.path.startsWith(attrs.start)' } };
  const strict = {
    kind: 'Policy',
    metadata: { name: 'strict' },
    spec: { attrs: { start: '/secret/' }, rules: [bans] },
  };
  const users = [workload('robot'), workload('other')];
  const before = snapshotOf(
    ...users,
    policy('open', ALLOW),
    service('api', { authorization: { policies: ['open'] }, ...UPSTREAM }),
  );
  const after = snapshotOf(
    ...users.slice(0, 1),
    policy('open', ALLOW),
    strict,
    service('api', { authorization: { policies: ['open', 'strict'] }, ...UPSTREAM }),
  );
  const { changes, changed, isCut } = await compareDecisions(before, after, { requests: null, samples: 5 }, NOW);
  assert.equal(isCut, false);
  assert.equal(changed, 2);
  const shown = changes.map(({ user, from, to, samples }) => [
    user,
    `${from} ${to}`,
    samples.map((one) => one.request.path),
  ]);
  assert.deepEqual(shown, [
    ['other', 'allow deny', ['/']],
    ['robot', 'allow deny', ['/secret/']],
  ]);
});

test('a comparison of one configuration with itself has no change, and is cut when there is too much', async () => {
  const snapshot = snapshotOf(workload('robot'), api([ALLOW]));
  const same = await compareDecisions(snapshot, snapshot, { requests: null, samples: 1 }, NOW);
  assert.deepEqual([same.compared, same.changed], [2, 0]);
  const requests = Array.from({ length: 100_001 }, () => ({ ...request(), count: 1 }));
  const cut = await compareDecisions(snapshot, snapshot, { requests, samples: 1 }, NOW);
  assert.deepEqual([cut.compared, cut.isCut], [100_000, true]);
});

const BUNDLES: Record<string, object> = {
  'of a server': { url: 'https://opa.example.com/app.tar.gz' },
  'whose key is in a Secret': { file: BUNDLE, verification: { fromSecret: 'key', algorithm: 'HS256' } },
  'in a file that is not there': { file: `${BUNDLE}.none` },
};

for (const [what, bundle] of Object.entries(BUNDLES)) {
  test(`what needs a bundle ${what} is not decided, and what does not is`, async () => {
    const opa = { bundles: [{ name: 'app', ...bundle }] };
    const asks = { effect: 'ALLOW', condition: { opa: { bundle: 'app', entrypoint: 'authz/allow' } } };
    const first = { effect: 'ALLOW', priority: -1, condition: { match: 'ctx.request.http.method == "GET"' } };
    const cluster = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { opa } };
    const texts = [{ file: 'a.yaml', text: yaml(cluster, workload('robot'), api([asks, first])) }];
    const { snapshot } = assembleOffline(texts).compiled;
    const redecider = new Redecider(snapshot);
    assert.equal(redecider.decide(request()).kind, 'decided');
    const open = request({ method: 'POST' });
    assert.deepEqual(redecider.decide(open), { kind: 'unknown', reads: 'a bundle that is not here' });
    const requests = [{ ...open, count: 1 }];
    const { compared, undecidable } = await compareDecisions(snapshot, snapshot, { requests, samples: 1 }, NOW);
    assert.deepEqual([compared, undecidable.length], [0, 1]);
  });
}

test('decides as the gateway does where rules that are certain there would take too much', () => {
  const ten = '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]';
  const loop = `${ten}.all(a, ${ten}.all(b, ${ten}.all(c, a + b + c + size(ctx.service.metadata.name) >= 0)))`;
  const heavy = (i: number) => ({
    name: `no${i}`,
    effect: 'ALLOW',
    condition: { match: `${loop} && ${loop} && ctx.service.metadata.name == "other"` },
  });
  const rules = [...Array.from({ length: 20 }, (_, i) => heavy(i)), ALLOW];
  const again = new Redecider(snapshotOf(workload('robot'), api(rules))).decide(request());
  assert.deepEqual(again.kind === 'decided' && again.verdict.reason, 'policy-allowed');
});
