/** What `policy explain` prints, word for word, times aside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AskedFor, AskedOf } from '../../../src/admin/explanation.ts';
import { explanationText } from '../../../src/cli/explain-text.ts';
import { reachText } from '../../../src/cli/reach-text.ts';
import { paintFor } from '../../../src/cli/table.ts';
import { explain } from '../../../src/main/explain/explain.ts';
import { reach } from '../../../src/main/explain/reach.ts';
import { assembleOffline } from '../../../src/main/offline.ts';

const TEXT = `
kind: Service
metadata: {name: api}
spec:
  mode: HTTP
  isPublic: true
  config: {upstream: {url: "http://127.0.0.1:1"}}
  dynamicConfig:
    configs: [{name: canary, upstream: {url: "http://127.0.0.1:2"}}]
    rules: [{condition: {match: 'ctx.request.http.headers["x-canary"] == "1"'}, configName: canary}]
  authorization: {policies: [staff, office]}
---
kind: Policy
metadata: {name: staff}
spec:
  rules:
    - name: contractors
      effect: DENY
      condition:
        all:
          of:
            - match: '"contractors" in ctx.user.spec.groups'
            - not: 'ctx.request.http.method in ["GET", "HEAD"]'
    - name: staff
      effect: ALLOW
      condition: {match: 'ctx.user.spec.groups.exists(g, g == "staff")'}
---
kind: Policy
metadata: {name: office}
spec:
  enforcementRules: [{effect: IGNORE, condition: {match: '!("contractors" in ctx.user.spec.groups)'}}]
  rules: [{name: banned, effect: DENY, priority: -1, condition: {match: 'ctx.user.spec.attrs.banned == true'}}]
---
kind: Service
metadata: {name: try}
spec:
  mode: HTTP
  isPublic: true
  config: {upstream: {url: "http://127.0.0.1:1"}}
  authorization: {policies: [staff, stricter]}
---
kind: Policy
metadata: {name: stricter}
spec: {shadow: true, rules: [{name: nobody, effect: DENY, priority: -1, condition: {matchAny: true}}]}
---
{kind: Group, metadata: {name: staff}, spec: {}}
---
{kind: Group, metadata: {name: contractors}, spec: {}}
---
{kind: User, metadata: {name: alice}, spec: {type: HUMAN, groups: [staff]}}
---
{kind: User, metadata: {name: carl}, spec: {type: HUMAN, groups: [staff, contractors], attrs: {banned: false}}}
`;

const { compiled, diagnostics } = assembleOffline([{ file: 'a.yaml', text: TEXT }], 'example.com');
const TIME = Date.parse('2026-11-21T12:00:00Z');
const PLAIN = paintFor(false);

function requestOf(method: string, url: string, more: Partial<AskedOf> = {}): AskedOf {
  return { method, url, headers: [], body: null, clientAddress: null, time: TIME, ...more };
}

async function shown(asker: AskedFor, request: AskedOf, all = false): Promise<string> {
  const explanation = await explain(compiled.snapshot, { asker, request }, TIME);
  return explanationText(explanation, { all, paint: PLAIN }).replace(/ +[\d.]+ µs$/gm, '  T µs');
}

test('the resources of the test are sound', () => {
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
});

test('a denial', async () => {
  assert.equal(
    await shown({ user: 'carl' }, requestOf('POST', 'https://api.example.com/a//b?c=d')),
    `DENY  policy-denied by staff/contractors
  request   POST https://api.example.com/a/b?c=d
  from      127.0.0.1 at 2026-11-21T12:00:00.000Z
  user      carl, in staff, contractors, session CLIENTLESS
  service   api (generation 1)

checks
  all 7 hold

rules, in the order in which they are looked at
     policy  rule         effect  priority  result       time
     office  banned       DENY    -1        no match  T µs
  >  staff   contractors  DENY    0         match  T µs
     staff   staff        ALLOW   0         not reached
    match: the condition holds: this rule decides
    no match: the condition does not hold
    not reached: it was decided before

condition of staff/contractors
  all: true
    "contractors" in ctx.user.spec.groups  = true
      ctx.user.spec.groups                 = ["staff", "contractors"]
    not: true
      ctx.request.http.method in ["GET", "HEAD"]  = false
        ctx.request.http.method                   = "POST"
`,
  );
});

test('an allowed request, with everything', async () => {
  const request = requestOf('GET', 'https://api.example.com/', { headers: [['x-canary', '1']] });
  assert.equal(
    await shown({ user: 'alice' }, request, true),
    `ALLOW  policy-allowed by staff/staff
  request   GET https://api.example.com/
  from      127.0.0.1 at 2026-11-21T12:00:00.000Z
  user      alice, in staff, session CLIENTLESS
  service   api (generation 1)

checks
  all 7 hold

rules, in the order in which they are looked at
     policy  rule         effect  priority  result    time
     office  banned       DENY    -1        ignored
     staff   contractors  DENY    0         no match  T µs
  >  staff   staff        ALLOW   0         match  T µs
    match: the condition holds: this rule decides
    no match: the condition does not hold
    ignored: the enforcement rules of its policy say that it does not count

enforcement rules of office: it does not count
  IGNORE
    !("contractors" in ctx.user.spec.groups)  = true
      ("contractors" in ctx.user.spec.groups)  = false
        ctx.user.spec.groups                   = ["staff"]

condition of staff/contractors
  all: false
    "contractors" in ctx.user.spec.groups  = false
      ctx.user.spec.groups                 = ["staff"]

condition of staff/staff
  ctx.user.spec.groups.exists(g, g == "staff")  = true
    ctx.user.spec.groups                        = ["staff"]
    g == "staff"                                = true
      g                                         = "staff"

config
  canary: rules[0] of the dynamic config matches
  condition of rules[0]
    ctx.request.http.headers["x-canary"] == "1"  = true
      ctx.request.http.headers["x-canary"]       = "1"
`.replace(
      'IGNORE\n    !("contractors" in ctx.user.spec.groups)  = true',
      'IGNORE\n    !("contractors" in ctx.user.spec.groups)   = true',
    ),
  );
});

test('when no rule decides, every condition that was looked at is shown', async () => {
  const text = await shown({ user: 'alice', groups: [] }, requestOf('GET', 'https://api.example.com/'));
  assert.match(text, /^DENY {2}no-policy-match\n/);
  assert.match(
    text,
    /\ncondition of staff\/staff\n {2}ctx\.user\.spec\.groups\.exists\(g, g == "staff"\) {2}= false\n/,
  );
  assert.match(text, /\nenforcement rules of office: it does not count\n/);
});

test('what shadow policies would decide stands apart', async () => {
  const text = await shown({ user: 'alice' }, requestOf('GET', 'https://try.example.com/'));
  assert.match(text, /^ALLOW {2}policy-allowed by staff\/staff\n/);
  const [, shadow = ''] = text.split('rules with the shadow policies enforced');
  assert.match(shadow, /> {2}stricter {2}nobody {7}DENY/);
});

test('nobody is signed in, a check fails, nothing answers', async () => {
  const url = 'https://api.example.com/';
  assert.match(
    await shown({ user: null }, requestOf('GET', url)),
    /^DENY {2}unauthenticated\n[\s\S]*nobody is signed in/,
  );
  const gone = await shown({ user: 'alice' }, requestOf('GET', 'https://none.example.com/'));
  assert.match(gone, /^DENY {2}no-route\n[\s\S]* {2}service {3}none answers/);
  const bad = await shown({ user: 'alice' }, requestOf('GET', `${url}%2f`));
  assert.match(bad, /^DENY {2}bad-path\n {2}the path is refused/);
});

test('nothing that a request brings reaches the terminal as it is', async () => {
  const request = requestOf('GET', 'https://api.example.com/', { headers: [['x-canary', '\u009b31m']] });
  const text = await shown({ user: 'alice' }, request, true);
  assert.ok(!/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/.test(text));
});

test('colours are for terminals', async () => {
  const explanation = await explain(
    compiled.snapshot,
    { asker: { user: 'alice' }, request: requestOf('GET', 'https://api.example.com/') },
    TIME,
  );
  const text = explanationText(explanation, { all: true, paint: paintFor(true) });
  assert.match(text, /^\u001b\[32mALLOW\u001b\[0m/);
});

test('who can reach a Service, and what one can reach', async () => {
  const who = await reach(compiled.snapshot, { service: 'api', asker: null, request: null, time: null }, TIME);
  assert.equal(
    reachText(who, false, PLAIN),
    `  service  user                answer                  GET / by     reason
  api      alice               allow                   staff/staff  policy-allowed
  api      carl                depends on the request  staff/staff  policy-allowed
  api      (nobody signed in)  deny                                 unauthenticated
`,
  );
  const request = requestOf('POST', 'https://api.example.com/');
  const what = await reach(compiled.snapshot, { service: null, asker: { user: 'carl' }, request, time: null }, TIME);
  assert.equal(
    reachText(what, true, PLAIN),
    `  service  user  answer  by                 reason
  api      carl  deny    staff/contractors  policy-denied
  try      carl  deny                       no-route
`,
  );
});
