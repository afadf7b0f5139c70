import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import type { Answer } from '../../support/http-client.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';
import { until } from '../../support/until.ts';

/** What scripts do wrong refuses their own requests, and no others. */
const upstream = await RecordingUpstream.start('upstream');
const gateway = await GatewayProcess.start({
  args: ['--workers', '2'],
  env: { OSTIARY_PLUGINS: join(import.meta.dirname, '../../fixtures/scripts') },
  files: {
    'services.yaml': yaml(
      open(
        'app',
        upstream.url,
        {},
        {
          plugins: [{ name: 'own', condition: { matchAny: true }, script: { name: 'hostile' } }],
        },
      ),
    ),
  },
});
const ask = (path: string) => gateway.ask('app', path);

/** Requests that are in the same threads meanwhile: none of them may be refused, and none may come twice. */
async function beside<T>(work: () => Promise<T>): Promise<T> {
  const before = upstream.received.length;
  const others = Array.from({ length: 8 }, () => ask('/wait?100'));
  const given = await work();
  const answers = await Promise.all(others);
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 200),
  );
  assert.equal(upstream.received.length - before, answers.length);
  return given;
}

const FAULTS: readonly (readonly [path: string, detail: RegExp])[] = [
  ['/throw', /script hostile 1\.0\.0: onRequest: TypeError: thrown on purpose/],
  ['/throw-nothing', /onRequest: null/],
  ['/throw-liar', /something that cannot be told/],
  ['/reject', /rejected on purpose/],
  ['/hang-in-a-getter', /it computed for more than 200 ms/],
  ['/hang-in-a-regular-expression', /it computed for more than 200 ms/],
  ['/hang-in-the-system', /it computed for more than 200 ms/],
  ['/kill', /a script cannot send signals/],
  ['/abort', /abort/],
  ['/change-what-is-given', /read only property/],
  ['/header-line', /the value of "x-a" has characters that no header may have/],
  ['/header-name', /is not a header name/],
  ['/header-null', /has characters/],
  ['/header-identity', /cannot be changed by a plugin/],
  ['/header-identity-folded', /cannot be changed by a plugin/],
  ['/header-credential', /carries identity/],
  ['/header-cookie', /carries identity/],
  ['/header-length', /cannot be set or removed/],
  ['/header-hop', /belongs to a connection/],
  ['/many-headers', /more than 100 headers/],
  ['/query-line', /query is not percent-encoded/],
  ['/query-fragment', /query is not percent-encoded/],
  ['/status', /from 200 to 599/],
  ['/status-text', /from 200 to 599/],
  ['/body-of-204', /has no body/],
  ['/unknown-key', /gave "header"/],
  ['/text', /not an object/],
  ['/list', /not an object/],
  ['/circle', /circular/],
  ['/huge', /more than \d+ characters/],
];

const COSTLY: readonly (readonly [path: string, detail: RegExp])[] = [
  ['/hang', /it computed for more than 200 ms/],
  ['/hang-after-waiting', /it did not come back in 600 ms/],
  ['/never', /it gave nothing in 600 ms/],
  ['/memory-after-waiting', /memory|did not come back/],
  ['/exit', /it ended its thread \(exit code 0\)/],
  ['/exit-after-waiting', /it ended its thread \(exit code 1\)/],
];

const answers = FAULTS.map(([path]) => ask(path));
for (const [i, [path, detail]] of FAULTS.entries()) {
  test(`${path} refuses its own request, and says why in the log alone`, async () =>
    refused(await answers[i]!, detail));
}

for (const [path, detail] of COSTLY) {
  test(`${path} refuses its own request, and nobody beside it`, async () =>
    refused(await beside(() => ask(path)), detail));
}

async function refused({ status, reason, body, requestId }: Answer, detail: RegExp): Promise<void> {
  assert.deepEqual([status, reason], [500, 'plugin-error']);
  assert.doesNotMatch(body, /purpose|hostile|thread/);
  const entry = await gateway.logged((one) => one.requestId === requestId);
  assert.match(entry.detail ?? '', detail);
}

for (const path of ['/path-dots', '/path-relative', '/path-line']) {
  test(`${path} is a path that no access rule was asked about`, async () => {
    const { status, reason } = await ask(path);
    assert.deepEqual([status, reason], [400, 'rewrite-refused']);
  });
}

test('a heap that grows without end ends its thread or its time, and refuses its own request', async () => {
  const { status, reason } = await beside(() => ask('/memory'));
  assert.deepEqual([status, reason], [500, 'plugin-error']);
});

test('what lies outside the heap is limited too', async () => {
  const answers = await Promise.all(Array.from({ length: 4 }, () => ask('/buffers')));
  for (const { status } of answers) assert.ok([200, 500].includes(status));
  assert.equal((await ask('/wait?1')).status, 200);
});

test('several at once that end the thread are refused, and nobody beside them', async () => {
  const paths = ['/exit', '/exit-after-waiting', '/hang', '/exit-after-waiting', '/throw'];
  const answers = await beside(() => Promise.all(paths.map(ask)));
  for (const { reason } of answers) assert.equal(reason, 'plugin-error');
});

test('prototypes that a script changes are those of its thread', async () => {
  for (let i = 0; i < 4; i += 1) await ask('/pollute');
  const { status, body } = await gateway.ask('app', '/plain');
  assert.deepEqual([status, body.includes('polluted')], [200, false]);
  assert.equal((await gateway.admin('/readyz')).status, 200);
  for (let i = 0; i < 4; i += 1) await ask('/clean');
});

test('keys that objects have anyhow are headers like others, or none', async () => {
  const { status } = await ask('/proto');
  assert.ok([200, 500].includes(status));
  assert.equal((await ask('/plain')).status, 200);
});

test('a function is nothing that is given', async () => {
  assert.equal((await ask('/function')).status, 200);
});

test('what is thrown where no call waits for it is a line in the log', async () => {
  await ask('/throw-later');
  await until('a line about it', () => /script hostile: Error: nobody waits for this/.test(gateway.stderr));
  assert.equal((await ask('/plain')).status, 200);
});

test("a script that writes without end is cut short, and moves nobody's cursor", async () => {
  await ask('/print');
  await gateway.logged(({ path }) => path === '/print');
  const lines = gateway.stderr.split('\n').filter((line) => line.includes('script hostile'));
  assert.ok(lines.length < 100);
  assert.ok(!gateway.stderr.includes('\u001b'));
});

test('a thread has no environment, no files but its own, no programs, no threads and no network', async () => {
  const denied = 'ERR_ACCESS_DENIED';
  const outcomes = {
    environment: '0',
    file: denied,
    program: denied,
    thread: denied,
    report: 'undefined',
    database: 'undefined',
    flags: 'Error: a script cannot set flags of the process',
    priority: 'Error: a script cannot set the priority of the process',
    binding: denied,
    network: denied,
  };
  assert.deepEqual(JSON.parse((await ask('/what-it-can')).body), outcomes);
});

test('what a script says in place of what calls it is not listened to', async () => {
  assert.equal((await ask('/speak-for-the-gateway')).status, 200);
  assert.equal(upstream.last.headers['x-told'], '');
  assert.equal((await ask('/plain')).status, 200);
});

test('afterwards the same processes serve', () => {
  assert.doesNotMatch(gateway.stderr, /worker \d+ ended/);
});
