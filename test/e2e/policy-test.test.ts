import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { collect, ostiary, spawnOstiary } from '../support/command.ts';
import { readTap } from '../support/tap.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { until } from '../support/until.ts';
import { readXml } from '../support/xml.ts';

const RESOURCES = `
kind: User
metadata: {name: fay}
spec: {type: HUMAN}
---
kind: Policy
metadata: {name: weekdays}
spec:
  rules:
    - {name: weekdays, effect: ALLOW, condition: {match: time.isWeekday(ctx.request.time)}}
    - {name: deletes, effect: DENY, condition: {match: ctx.request.http.method == "DELETE"}}
---
kind: Service
metadata: {name: app}
spec:
  mode: HTTP
  isPublic: true
  config: {upstream: {url: "http://localhost:3000"}}
  authorization: {policies: [weekdays]}
`;

const MONDAY = '2026-01-05T12:00:00Z';
const SATURDAY = '2026-01-03T12:00:00Z';

function row(time: string, expect: string, request = 'GET /'): string {
  return `{user: fay, service: app, request: ${request}, time: "${time}", expect: ${expect}}`;
}

function tests(...rows: readonly string[]): string {
  return `kind: PolicyTest\nmetadata: {name: weekdays}\nspec:\n  table:\n${rows.map((one) => `    - ${one}\n`).join('')}`;
}

const PASSING = tests(row(MONDAY, 'allow'), row(SATURDAY, 'deny'));
const FAILING = tests(row(MONDAY, 'allow'), row(SATURDAY, 'allow'));

/** A directory with the resources and one file of tests. */
function directoryWith(text: string): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'policies'));
  writeFileSync(join(directory, 'policies/all.yaml'), RESOURCES);
  writeFileSync(join(directory, 'policies/all.test.yaml'), text);
  return directory;
}

function policyTest(text: string, ...args: readonly string[]) {
  return ostiary(['policy', 'test', 'policies', ...args], { cwd: directoryWith(text) });
}

test('as expected: exit 0', async () => {
  const { code, out, err } = await policyTest(PASSING);
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^no case is decided by weekdays, deletes {2}\(policies\/all\.yaml:11:7\)$/m);
  assert.match(out, /^2 passed, 0 failed$/m);
});

test('not as expected: exit 1, with the place of the case and what was decided', async () => {
  const { code, out } = await policyTest(FAILING);
  assert.equal(code, 1);
  assert.match(out, /^FAIL weekdays: fay: app GET \/ -> allow$/m);
  assert.match(out, /^ {5}policies\/all\.test\.yaml:6:7: expected decision allow; it was deny \(no-policy-match\)$/m);
});

test('--explain: what was looked at, below a case that failed', async () => {
  const { code, out } = await policyTest(FAILING, '--explain');
  assert.equal(code, 1);
  assert.match(out, /^ {5}DENY {2}no-policy-match$/m);
  assert.match(out, /^ {7}time\.isWeekday\(ctx\.request\.time\) +=? ?= false$/m);
  assert.match(out, /^1 passed, 1 failed$/m);
});

test('a mistake: exit 1, its place and a suggestion, in every format', async () => {
  const wrong = tests(row(MONDAY, 'alow'));
  const mistake =
    'policies/all.test.yaml:5:87: error: spec.table[0].expect.decision: expected one of allow, deny, found the text "alow" (did you mean "allow"?)\n';
  assert.deepEqual(await policyTest(wrong), { code: 1, out: '', err: mistake });
  const tap = await policyTest(wrong, '-o', 'tap');
  assert.deepEqual([tap.code, tap.err], [1, mistake]);
  assert.match(tap.out, /^Bail out!/m);
  const junit = await policyTest(wrong, '-o', 'junit');
  assert.equal(junit.code, 1);
  assert.equal(readXml(junit.out).children[0]!.attributes.get('errors'), '1');
});

test('a policy that does not compile: exit 1, its place', async () => {
  const directory = directoryWith(PASSING);
  writeFileSync(join(directory, 'policies/all.yaml'), RESOURCES.replace('ctx.request.time)', 'ctx.requst.time)'));
  const { code, out, err } = await ostiary(['policy', 'test', 'policies'], { cwd: directory });
  assert.deepEqual([code, out], [1, '']);
  assert.match(err, /^policies\/all\.yaml:10:\d+: error: .*requst.*did you mean "request"/);
});

test('--coverage-min: exit 1 when fewer rules decided a case', async () => {
  const half = await policyTest(PASSING, '--coverage-min', '51');
  assert.deepEqual([half.code, half.err], [1, 'ostiary: 50 % of the rules decided a case, and --coverage-min is 51\n']);
  assert.equal((await policyTest(PASSING, '--coverage-min', '50')).code, 0);
  const all = tests(row(MONDAY, 'allow'), row(MONDAY, 'deny', 'DELETE /'));
  assert.equal((await policyTest(all, '--coverage-min', '100')).code, 0);
});

test('--output tap and junit say the same', async () => {
  const tap = await policyTest(FAILING, '--output', 'tap');
  assert.deepEqual([tap.code, readTap(tap.out).map(({ ok }) => ok)], [1, [true, false]]);
  const junit = await policyTest(FAILING, '--output', 'junit');
  const [suite] = readXml(junit.out).children;
  assert.deepEqual(
    suite!.children.map(({ children }) => children.length),
    [0, 1],
  );
  assert.deepEqual([suite!.attributes.get('tests'), suite!.attributes.get('failures')], ['2', '1']);
});

test('a test file alone is tried with the resources beside it', async () => {
  const { code, out } = await ostiary(['policy', 'test', 'policies/all.test.yaml'], { cwd: directoryWith(PASSING) });
  assert.deepEqual([code, out.includes('2 passed')], [0, true]);
});

test('what validate checks, and serve and apply read, is not the tests', async () => {
  const directory = directoryWith(PASSING);
  const all = await ostiary(['validate', 'policies'], { cwd: directory });
  assert.deepEqual(all, { code: 0, out: '1 file, 3 resources: no errors\n', err: '' });
  const one = await ostiary(['validate', 'policies/all.test.yaml'], { cwd: directory });
  assert.equal(one.code, 1);
  assert.match(one.err, /a PolicyTest is no resource \(put it in a file named \*\.test\.yaml\)/);
});

test('--domain: the hosts of Services are under it', async () => {
  const text = tests(`{user: fay, request: "https://app.example.com/", time: "${MONDAY}", expect: allow}`);
  assert.equal((await policyTest(text, '--domain', 'example.com')).code, 0);
  const { code, out } = await policyTest(text);
  assert.deepEqual([code, /it was deny \(no-route\)/.test(out)], [1, true]);
});

test('--watch: again whenever a policy or a test changes', async () => {
  const directory = directoryWith(FAILING);
  const child = spawnOstiary(['policy', 'test', 'policies', '--watch'], { cwd: directory });
  after(() => child.kill());
  const [out, err] = [collect(child.stdout!), collect(child.stderr!)];
  await until('1 passed, 1 failed', () => out.text.includes('1 passed, 1 failed'));
  writeFileSync(join(directory, 'policies/all.yaml'), RESOURCES.replace('time.isWeekday(ctx.request.time)', 'nobody'));
  await until('policies/all.yaml:10:', () => err.text.includes('policies/all.yaml:10:'));
  writeFileSync(join(directory, 'policies/all.yaml'), RESOURCES.replace('time.isWeekday(ctx.request.time)', '1 == 1'));
  await until('2 passed, 0 failed', () => out.text.includes('2 passed, 0 failed'));
  writeFileSync(join(directory, 'policies/all.test.yaml'), tests(row(MONDAY, 'deny')));
  await until('0 passed, 1 failed', () => out.text.includes('0 passed, 1 failed'));
});

const USAGE: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /what should be tested\?/],
  [['missing'], /missing cannot be read: there is no such file/],
  [['.'], /no YAML files in \./],
  [['.', '-o', 'xml'], /unknown format "xml", one of: text, tap, junit/],
  [['.', '--coverage-min', '101'], /"101" is no percentage/],
  [['.', '--coverage-mim'], /--coverage-mim.*did you mean/],
];

for (const [args, message] of USAGE) {
  test(`ostiary policy test ${args.join(' ')}: exit 1, with the reason`, async () => {
    const { code, out, err } = await ostiary(['policy', 'test', ...args], { cwd: temporaryDirectory() });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, message);
  });
}

test('resources without a test, and tests without a resource, are told to be so', async () => {
  const directory = directoryWith(PASSING);
  const only = (name: string) => ostiary(['policy', 'test', name], { cwd: directory });
  for (const [folder, file] of [
    ['resources', 'all.yaml'],
    ['tests', 'all.test.yaml'],
  ] as const) {
    mkdirSync(join(directory, folder));
    writeFileSync(join(directory, folder, file), file === 'all.yaml' ? RESOURCES : PASSING);
  }
  assert.match(
    (await only('resources')).err,
    /there is no test in resources: tests stand in files named \*\.test\.yaml/,
  );
  assert.match((await only('tests')).err, /no YAML files with resources in tests: there is nothing to test/);
  const { code } = await ostiary(['policy', 'test', 'resources', 'tests'], { cwd: directory });
  assert.equal(code, 0, 'the two may stand in folders of their own');
});
