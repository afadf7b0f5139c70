/** `dynamicConfig` rules that name several configs: canaries. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOf } from '../../policies/split/shares.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { mistakesIn } from '../support/mistakes.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, type Document, open, service, workload, yaml } from '../support/resources.ts';

const upstreams = {
  v1: await RecordingUpstream.start('v1'),
  v2: await RecordingUpstream.start('v2'),
};

const shares = (v1: number, v2: number) => [
  { name: 'v1', weight: v1 },
  { name: 'v2', weight: v2 },
];
const HALF = shares(1, 1);
const ALWAYS = { matchAny: true };
const configs = Object.entries(upstreams).map(([name, { url }]) => ({ name, upstream: { url } }));
const dynamicConfig = (split: object, ...before: readonly object[]) => ({
  configs,
  rules: [...before, { condition: ALWAYS, split }],
});
const strangers = (name: string, split: object, ...before: readonly object[]): Document =>
  service(name, { isAnonymous: true, dynamicConfig: dynamicConfig(split, ...before) });

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
const files = {
  'all.yaml': yaml(
    ALLOW_ALL,
    ...USERS.map((name) => workload(name)),
    service('by-user', { dynamicConfig: dynamicConfig({ configs: HALF, stickyBy: 'USER' }) }),
    strangers('by-tenant', { configs: HALF, stickyBy: { eval: 'ctx.request.http.headers["x-tenant"]' } }),
    strangers('by-template', { configs: HALF, stickyBy: { liquid: '{{ ctx.request.http.headers["x-tenant"] }}' } }),
    strangers('by-cookie', { configs: HALF, stickyBy: 'COOKIE' }),
    strangers('drawn', { configs: HALF }),
    strangers('unused', { configs: shares(1, 0), stickyBy: 'COOKIE' }),
    strangers(
      'asked',
      { configs: shares(1, 0) },
      { condition: { match: 'ctx.request.http.headers["x-canary"] == "yes"' }, configName: 'v2' },
    ),
  ),
};
const gateway = await GatewayProcess.start({ files, args: ['--workers', '2'] });

async function upstreamOf(host: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await gateway.ask(host, '/', { headers });
  assert.equal(answer.status, 200, answer.body);
  return String(answer.headers['x-upstream']);
}

test('a user stays with a config in every worker, whatever else the requests have', async () => {
  for (const name of USERS) {
    const token = bearer(await gateway.token(name));
    const expected = shareOf(HALF, 'by-user', name).name;
    const cookie = 'ostiary-split=AAAAAAAAAAAAAAAA; __Host-ostiary-split=BBBBBBBBBBBBBBBB';
    for (const more of [{}, {}, { cookie, 'x-canary': 'yes', 'x-forwarded-for': '203.0.113.9' }]) {
      assert.equal(await upstreamOf('by-user', { ...token, ...more }), expected);
    }
  }
});

test('requests with the same text of an expression stay together', async () => {
  for (let i = 0; i < 20; i++) {
    for (const host of ['by-tenant', 'by-template']) {
      const expected = shareOf(HALF, host, `tenant-${i}`).name;
      assert.equal(await upstreamOf(host, { 'x-tenant': `tenant-${i}` }), expected);
    }
  }
});

const COOKIE = /^ostiary-split=([A-Za-z0-9_-]{16}); Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/;

async function firstVisit(cookie?: string): Promise<{ readonly key: string; readonly upstream: string }> {
  const { headers } = await gateway.ask('by-cookie', '/', { headers: { ...(cookie !== undefined && { cookie }) } });
  const [set = '', ...others] = headers['set-cookie'] ?? [];
  assert.equal(others.length, 0);
  const key = COOKIE.exec(set)?.[1];
  assert.ok(key !== undefined, set);
  return { key, upstream: String(headers['x-upstream']) };
}

test('a browser stays with a config by a cookie that it is given once and no upstream sees', async () => {
  const visits = await Promise.all(Array.from({ length: 40 }, () => firstVisit()));
  assert.deepEqual([...new Set(visits.map(({ upstream }) => upstream))].sort(), ['v1', 'v2']);
  for (const { key, upstream } of visits.slice(0, 6)) {
    const answer = await gateway.ask('by-cookie', '/', { headers: { cookie: `a=1; ostiary-split=${key}; b=2` } });
    assert.equal(answer.headers['x-upstream'], upstream);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.equal(JSON.parse(answer.body).headers.cookie, 'a=1; b=2');
  }
});

test('what is no such cookie is replaced, and never read as the name of a config', async () => {
  const forged = [
    'v2',
    'v2'.padEnd(16, '/'),
    'x'.repeat(4000),
    '',
    `${'A'.repeat(16)}; ostiary-split=${'B'.repeat(16)}`,
  ];
  for (const value of forged) await firstVisit(`ostiary-split=${value}`);
});

test('a weight of 0 is never chosen, whatever cookie is tried', async () => {
  for (let i = 0; i < 20; i++) {
    const cookie = `ostiary-split=${String(i).padStart(16, 'x')}`;
    assert.equal(await upstreamOf('unused', { cookie }), 'v1');
  }
});

test('without stickiness each request is drawn, and no cookie is set', async () => {
  const answers = await Promise.all(Array.from({ length: 40 }, () => gateway.ask('drawn')));
  assert.deepEqual([...new Set(answers.map(({ headers }) => headers['x-upstream']))].sort(), ['v1', 'v2']);
  assert.ok(answers.every(({ headers }) => headers['set-cookie'] === undefined));
});

test('a rule before it lets a header choose', async () => {
  assert.equal(await upstreamOf('asked'), 'v1');
  assert.equal(await upstreamOf('asked', { 'x-canary': 'yes' }), 'v2');
});

test('the access log and policy explain say which config it was, and by what', async () => {
  const { name } = shareOf(HALF, 'by-user', 'alice');
  const { requestId } = await gateway.ask('by-tenant', '/nothing', { headers: { 'x-tenant': 'tenant-1' } });
  assert.equal(requestId, null);
  const entry = await gateway.logged(({ service: of, path }) => of === 'by-tenant' && path === '/nothing');
  assert.equal(entry.config, shareOf(HALF, 'by-tenant', 'tenant-1').name);
  const about = (user: string, host: string) => {
    return ['policy', 'explain', '--user', user, '--request', `GET http://${host}.gate.localhost/`];
  };
  const known = await gateway.command(about('alice', 'by-user'));
  assert.match(known, new RegExp(`config\\n {2}${name}: rules\\[0\\] .*\\n {2}split by USER: v1 50 %, v2 50 %`));
  const open = await gateway.command(about('alice', 'drawn'));
  assert.match(open, /config\n {2}drawn for each request: .*\n {2}split by nothing: v1 50 %, v2 50 %/);
});

const broken = (split: object, spec: object = {}) =>
  service('wrong', { isAnonymous: true, dynamicConfig: dynamicConfig(split), ...spec });

for (const [what, document, message] of [
  ['an unknown config', broken({ configs: [{ name: 'v3', weight: 1 }] }), /no config "v3".*\n?.*v1|did you mean/],
  ['no weight', broken({ configs: shares(0, 0) }), /no config has a weight above 0/],
  ['half a weight', broken({ configs: [{ name: 'v1', weight: 0.5 }] }), /weight/],
  ['a negative weight', broken({ configs: shares(2, -1) }), /weight/],
  ['a config twice', broken({ configs: [...HALF, { name: 'v1', weight: 3 }] }), /v1/],
  ['another word', broken({ configs: HALF, stickyBy: 'CLIENT' }), /USER, SESSION, ADDRESS, COOKIE, \{eval/],
  ['two expressions', broken({ configs: HALF, stickyBy: { eval: '"a"', liquid: 'a' } }), /eval|liquid/],
  ['a template that is none', broken({ configs: HALF, stickyBy: { liquid: '{{' } }), /stickyBy|liquid/],
  ['an expression that is none', broken({ configs: HALF, stickyBy: { eval: 'ctx.' } }), /stickyBy|expression/],
  ['users of nobody', broken({ configs: HALF, stickyBy: 'USER' }), /anonymous nobody is signed in/],
  ['cookies of gRPC', broken({ configs: HALF, stickyBy: 'COOKIE' }, { mode: 'GRPC' }), /gRPC keep no cookies/],
  [
    'a name beside it',
    open('wrong', upstreams.v1.url, {
      dynamicConfig: { configs, rules: [{ condition: ALWAYS, configName: 'v1', split: { configs: HALF } }] },
    }),
    /only one of|exactly one/,
  ],
] as const) {
  test(`is refused with its place: ${what}`, async () => {
    const said = await mistakesIn(yaml(document));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
    assert.equal(said.match(/error/g)?.length ?? 1, 1, said);
  });
}
