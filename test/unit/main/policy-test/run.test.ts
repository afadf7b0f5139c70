import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareOf } from '../../../../policies/split/shares.ts';
import { failuresOf, policyTest, tried } from './support.ts';

const RESOURCES = `
kind: Group
metadata: {name: team}
spec: {}
---
kind: User
metadata: {name: fay}
spec: {type: HUMAN, groups: [team]}
---
kind: User
metadata: {name: bob}
spec: {type: HUMAN}
---
kind: User
metadata: {name: robot}
spec: {type: WORKLOAD}
---
kind: Credential
metadata: {name: key}
spec: {type: ACCESS_TOKEN, user: robot, scopes: ["service:other"], authorization: {policies: [allow-all]}}
---
kind: Policy
metadata: {name: rules}
spec:
  rules:
    - {name: team, effect: ALLOW, condition: {match: '"team" in ctx.user.spec.groups'}}
    - {name: json, effect: ALLOW, condition: {match: 'ctx.request.http.bodyMap.kind == "open"'}}
    - {effect: ALLOW, condition: {match: 'ctx.request.http.headers["x-open"] == "yes"'}}
    - {name: night, effect: DENY, condition: {match: ctx.request.time.getHours() < 6}}
---
kind: Service
metadata: {name: api}
spec:
  mode: HTTP
  isPublic: true
  config:
    upstream: {url: "http://localhost:3000"}
    http: {enableRequestBuffering: true, body: {mode: JSON}}
  dynamicConfig:
    configs: [{name: v2, upstream: {url: "http://localhost:3001"}}]
    rules: [{condition: {match: ctx.request.http.path.startsWith("/v2/")}, configName: v2}]
  authorization: {policies: [rules]}
---
kind: Service
metadata: {name: off.prod}
spec: {mode: HTTP, isPublic: true, isDisabled: true, config: {upstream: {url: "http://localhost:3000"}}}
---
kind: Namespace
metadata: {name: prod}
spec: {}
`;

const one = (row: object) => failuresOf(RESOURCES, row);

test('what is expected holds', async () => {
  const held: object[] = [
    { user: 'fay', service: 'api', request: '/', expect: 'allow' },
    {
      user: 'fay',
      service: 'api.default',
      request: { url: '/' },
      expect: { decision: 'allow', policy: 'rules', rule: 'team' },
    },
    { user: 'fay', request: 'GET https://api.localhost/v2/x', expect: { config: 'v2' } },
    { user: 'fay', request: 'POST https://api.localhost/', expect: { config: 'default' } },
    { user: 'fay', groups: [], service: 'api', expect: { reason: 'no-policy-match' } },
    { user: 'bob', groups: ['team'], service: 'api', expect: 'allow' },
    { service: 'api', expect: { reason: 'unauthenticated' } },
    { user: 'bob', service: 'api', request: { method: 'POST', body: { kind: 'open' } }, expect: { rule: 'json' } },
    { user: 'bob', service: 'api', request: { method: 'POST', body: '{"kind":"open"}' }, expect: 'allow' },
    { user: 'bob', service: 'api', request: { headers: { 'X-Open': 'yes' } }, expect: { rule: 'rules[2]' } },
    { user: 'fay', service: 'api', time: '2026-01-07T05:00:00Z', expect: { rule: 'night', decision: 'deny' } },
    { user: 'fay', service: 'api', session: { state: 'PENDING' }, expect: { reason: 'session-not-active' } },
    { user: 'fay', service: 'api', session: { expiresAt: '2026-01-07T11:00:00Z' }, expect: 'deny' },
    { user: 'fay', service: 'api', session: { scopes: ['service:api'] }, expect: 'allow' },
    { user: 'robot', service: 'api', session: { credential: 'key' }, expect: { reason: 'scope-insufficient' } },
    {
      user: 'robot',
      service: 'api',
      session: { credential: 'key', scopes: ['service:api'] },
      expect: { policy: 'allow-all' },
    },
    { user: 'fay', service: 'off.prod', expect: { reason: 'service-disabled' } },
    { user: 'fay', request: 'GET https://nowhere.localhost/', expect: { reason: 'no-route' } },
  ];
  assert.deepEqual(await failuresOf(RESOURCES, ...held), []);
});

test('what is not as expected says what it was, and why', async () => {
  assert.deepEqual(await one({ user: 'fay', service: 'api', expect: { decision: 'deny', rule: 'json' } }), [
    'expected decision deny, rule json; it was allow (policy-allowed), by policy rules, rule team, config default',
  ]);
  assert.deepEqual(await one({ user: 'bob', service: 'api', expect: 'allow' }), [
    'expected decision allow; it was deny (no-policy-match)',
  ]);
});

test('a denial that no policy decides is not the one that is expected', async () => {
  for (const row of [
    { request: 'https://ap.localhost/' },
    { service: 'off.prod' },
    { service: 'api', request: '/%2e%2e/%00' },
  ]) {
    const [failure, ...more] = await one({ user: 'fay', ...row, expect: 'deny' });
    assert.match(
      failure!,
      /^no policy decided: it was deny \([a-z-]+.*\); when that is meant, expect \{reason: [a-z-]+\}$/,
    );
    assert.deepEqual(more, []);
  }
});

test('a config of a split is expected where the request decides, and never where it is drawn', async () => {
  const configs = ['v1', 'v2'].map((name) => ({ name, upstream: { url: 'http://localhost:3001' } }));
  const shares = configs.map(({ name }) => ({ name, weight: 1 }));
  const canary = (name: string, split: object) => {
    const rules = [{ condition: { matchAny: true }, split }];
    const spec = { mode: 'HTTP', isPublic: true, isAnonymous: true, dynamicConfig: { configs, rules } };
    return JSON.stringify({ kind: 'Service', metadata: { name }, spec });
  };
  const resources = [
    canary('drawn', { configs: shares }),
    canary('sticky', { configs: shares, stickyBy: 'ADDRESS' }),
  ].join('\n---\n');
  const config = shareOf(shares, 'sticky', '10.0.0.7').name;
  const sticky = { service: 'sticky', ip: '10.0.0.7', expect: { config } };
  assert.deepEqual(await failuresOf(resources, ...Array.from({ length: 10 }, () => sticky)), []);
  assert.deepEqual(await failuresOf(resources, { service: 'drawn', expect: { config: 'v1' } }), [
    'expected config v1; it was allow (anonymous), config drawn among v1, v2',
  ]);
});

const MISTAKES: readonly (readonly [row: object, message: string])[] = [
  [{ user: 'fya', service: 'api', expect: 'deny' }, 'spec.table[0].user: there is no User/fya'],
  [{ user: 'fay', groups: ['tea'], service: 'api', expect: 'deny' }, 'spec.table[0].groups[0]: there is no Group/tea'],
  [{ user: 'fay', service: 'app', expect: 'deny' }, 'spec.table[0].service: there is no Service/app'],
  [
    { session: { credential: 'kee' }, service: 'api', expect: 'deny' },
    'spec.table[0].session.credential: there is no Credential/kee',
  ],
  [
    { service: 'api', ip: '1.2.3', expect: 'deny' },
    'spec.table[0].request: "1.2.3" is no IP address, such as 10.0.0.7',
  ],
  [{ request: '/x', expect: 'deny' }, 'spec.table[0].request.url: the request has no host'],
  [
    { service: 'api', request: 'GET https://api.localhost/', expect: 'deny' },
    'spec.table[0].request.url: with a service, only the path is given',
  ],
  [
    { service: 'api', request: { grpc: 'a.B/C', url: '/' }, expect: 'deny' },
    'spec.table[0].request.url: only one of grpc and url can be given',
  ],
  [
    { service: 'api', request: { headers: { 'a b': 'c' } }, expect: 'deny' },
    'spec.table[0].request: "a b: c" is no header field',
  ],
  [
    { service: 'api', time: '2026-13-01T00:00:00Z', expect: 'deny' },
    'spec.table[0].time: there is no time 2026-13-01T00:00:00Z',
  ],
  [{ service: 'api', expect: {} }, 'spec.table[0].expect: nothing is expected'],
  [{ service: 'api', expect: { policy: 'rule' } }, 'spec.table[0].expect.policy: there is no policy "rule"'],
  [{ service: 'api', expect: { policy: 'rules', rule: 'tema' } }, 'spec.table[0].expect.rule: there is no rule "tema"'],
];

for (const [row, message] of MISTAKES) {
  test(`mistake: ${message}`, async () => assert.deepEqual(await one(row), [message]));
}

test('a mistake anywhere: nothing is tried', async () => {
  const good = policyTest({ table: [{ user: 'fay', service: 'api', expect: 'allow' }] });
  const { results, diagnostics } = await tried(RESOURCES, good, policyTest({ cases: [] }));
  assert.deepEqual(results, []);
  assert.deepEqual(
    diagnostics.map(({ file, message }) => `${file}: ${message}`),
    ['1.test.yaml: there is no case'],
  );
});

test('a file of fixtures alone, or of no YAML, is a mistake', async () => {
  const { diagnostics } = await tried(RESOURCES, 'kind: Group\nmetadata: {name: x-team}\nspec: {}\n', 'a: [');
  assert.deepEqual(
    diagnostics.map(({ file }) => file),
    ['0.test.yaml', '1.test.yaml'],
  );
  assert.equal(diagnostics[0]!.message, 'the file has no PolicyTest');
});

test('defaults: what a case gives comes first, and another user brings neither groups nor session of the default one', async () => {
  const { results } = await tried(
    RESOURCES,
    policyTest({
      defaults: {
        user: 'bob',
        groups: ['team'],
        session: { state: 'PENDING' },
        service: 'api',
        request: { headers: { 'x-open': 'yes' } },
      },
      cases: [
        { expect: { reason: 'session-not-active' } },
        { given: { session: {} }, expect: { rule: 'team' } },
        { given: { user: 'bob' }, expect: { rule: 'rules[2]' } },
        { given: { user: 'bob', request: { headers: { 'X-Other': '1' } } }, expect: { rule: 'rules[2]' } },
        { given: { user: 'bob', request: { headers: { 'x-open': 'no' } } }, expect: 'deny' },
        { given: { anonymous: true }, expect: { reason: 'unauthenticated' } },
      ],
    }),
  );
  assert.deepEqual(
    results.flatMap(({ failures }) => failures),
    [],
  );
});

test('fixtures are there for the tests of their file alone, and their rules need no case', async () => {
  const fixture = `kind: User\nmetadata: {name: eve}\nspec: {type: HUMAN, authorization: {inlinePolicies: [{spec: {rules: [{effect: DENY, condition: {matchAny: true}}]}}]}}\n---\n`;
  const mine = `${fixture}${policyTest({ table: [{ user: 'eve', service: 'api', expect: { policy: 'User/eve#0' } }] })}`;
  const other = policyTest({ table: [{ user: 'eve', service: 'api', expect: 'deny' }] });
  const { diagnostics } = await tried(RESOURCES, mine, other);
  assert.deepEqual(
    diagnostics.map(({ file, message }) => `${file}: ${message}`),
    ['1.test.yaml: there is no User/eve'],
  );
  const alone = await tried(RESOURCES, mine);
  assert.deepEqual(
    alone.results.flatMap(({ failures }) => failures),
    [],
  );
  assert.equal(alone.coverage.rules, 5);
});

test('coverage: rules that decided no case, with their places', async () => {
  const { coverage } = await tried(
    RESOURCES,
    policyTest({
      table: [
        { user: 'fay', service: 'api', expect: 'allow' },
        { user: 'bob', service: 'api', expect: 'deny' },
      ],
    }),
  );
  assert.deepEqual(
    coverage.missing.map(({ policy, rule, place }) => `${policy} ${rule} ${place.line}`),
    ['rules json 27', 'rules rules[2] 28', 'rules night 29', 'Service/api dynamicConfig.rules[0] 41'],
  );
});

test('coverage: a rule that chose the config', async () => {
  const { coverage } = await tried(
    RESOURCES,
    policyTest({ table: [{ user: 'fay', service: 'api', request: '/v2/x', expect: { config: 'v2' } }] }),
  );
  assert.deepEqual(
    coverage.missing.map(({ policy }) => policy),
    ['rules', 'rules', 'rules'],
  );
});

test('shadow policies: what is enforced, and what would be', async () => {
  const resources = RESOURCES.replace(
    '  authorization: {policies: [rules]}',
    '  authorization: {policies: [rules, strict]}\n---\n' +
      'kind: Policy\nmetadata: {name: strict}\n' +
      'spec: {shadow: true, rules: [{name: none, effect: DENY, priority: -1, condition: {matchAny: true}}]}',
  );
  const row = { user: 'fay', service: 'api' };
  assert.deepEqual(await failuresOf(resources, { ...row, expect: { decision: 'allow', shadow: 'deny' } }), []);
  assert.deepEqual(await failuresOf(resources, { ...row, expect: { shadow: 'allow' } }), [
    'expected shadow allow; it was allow (policy-allowed), by policy rules, rule team, config default, with shadow policies enforced deny',
  ]);
  const { coverage } = await tried(resources, policyTest({ table: [{ ...row, expect: 'allow' }] }));
  assert.ok(!coverage.missing.some(({ policy }) => policy === 'strict'));
  assert.deepEqual(await failuresOf(RESOURCES, { ...row, expect: { shadow: 'allow' } }), []);
});

test('a name is made of what is given', async () => {
  const { results } = await tried(
    RESOURCES,
    policyTest({
      table: [
        { user: 'bob', groups: ['team'], service: 'api', request: 'DELETE /x', expect: 'allow' },
        { request: 'https://api.localhost/', expect: { reason: 'unauthenticated' } },
        { name: 'mine', user: 'fay', service: 'api', expect: 'allow' },
      ],
    }),
  );
  assert.deepEqual(
    results.map(({ name }) => name),
    ['bob (team): api DELETE /x -> allow', 'nobody: GET https://api.localhost/ -> unauthenticated', 'mine'],
  );
});

test('a denial for want of what only a gateway has is none that a test may want', async () => {
  const opa = {
    bundles: [{ name: 'app', url: 'https://opa.example.com/app.tar.gz' }],
    remotes: [{ name: 'authz', url: 'http://127.0.0.1:1' }],
  };
  const asks: Record<string, object> = {
    app: { bundle: 'app', entrypoint: 'a/b' },
    authz: { remote: 'authz', path: 'a' },
  };
  const documents = Object.entries(asks).map(([name, opa]) => {
    const rules = [{ effect: 'ALLOW', condition: { opa } }];
    const authorization = { enableAnonymous: true, inlinePolicies: [{ spec: { rules } }] };
    const config = { upstream: { url: 'http://localhost:3000' } };
    return {
      kind: 'Service',
      metadata: { name },
      spec: { mode: 'HTTP', isPublic: true, isAnonymous: true, config, authorization },
    };
  });
  const cluster = { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { opa } };
  const resources = [cluster, ...documents].map((one) => JSON.stringify(one)).join('\n---\n');
  for (const name of Object.keys(asks)) {
    const request = `GET http://${name}.localhost/`;
    const [failure] = await failuresOf(resources, { request, expect: 'deny' });
    assert.match(failure ?? '', /what a gateway decides is not known here: .*only a running gateway/);
    assert.deepEqual(await failuresOf(resources, { request, expect: { reason: 'policy-error' } }), []);
  }
});
