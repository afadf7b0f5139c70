import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collect, ostiary, spawnOstiary } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function jsonLines(...requests: readonly unknown[]): string {
  return requests.map((request) => `${typeof request === 'string' ? request : JSON.stringify(request)}\n`).join('');
}

async function batch(...requests: readonly unknown[]): Promise<unknown[]> {
  const { code, out, err } = await ostiary(['cel', '--batch'], { input: jsonLines(...requests) });
  assert.deepEqual([code, err], [0, '']);
  return out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

test('one expression: its value, as text or as typed JSON', async () => {
  const expr = '[1, 2u, 0.5, "x"].filter(e, e != 1)';
  assert.deepEqual(await ostiary(['cel', expr]), { code: 0, out: '[2u, 0.5, "x"]\n', err: '' });
  const { out } = await ostiary(['cel', expr, '-o', 'json']);
  assert.equal(out, '{"list":[{"uint":"2"},{"double":0.5},{"string":"x"}]}\n');
});

test('a mistake is shown at its place', async () => {
  const { code, out, err } = await ostiary(['cel', '1 + 1 = 2']);
  assert.deepEqual([code, out], [1, '']);
  assert.equal(err, 'ostiary: 1:7: unexpected "=" (did you mean "=="?)\n  1 + 1 = 2\n        ^\n');
});

test('--ctx gives what conditions see', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'ctx.yaml');
  writeFileSync(
    file,
    [
      'ctx:',
      '  user: {metadata: {name: fay}, spec: {groups: [team]}}',
      '  request:',
      '    time: "2026-01-02T03:04:05Z"',
      '    http: {path: /v1/x, size: 2, body: hi, bodyMap: {n: 1}}',
      'attrs: {names: [fay]}',
    ].join('\n'),
  );
  for (const [expr, value] of [
    ['"team" in ctx.user.spec.groups && ctx.user.metadata.name in attrs.names', 'true'],
    ['ctx.request.time.getFullYear()', '2026'],
    ['ctx.request.http.size + 1', '3'],
    ['ctx.request.http.body', 'b"hi"'],
    ['ctx.request.http.bodyMap.n', '1.0'],
  ]) {
    assert.deepEqual(await ostiary(['cel', '--ctx', file, expr!]), { code: 0, out: `${value}\n`, err: '' });
  }
});

test('a field that ctx does not have is a mistake, and one that the file lacks too', async () => {
  const unknown = await ostiary(['cel', 'ctx.usr.metadata.name == "fay"']);
  assert.match(unknown.err, /^ostiary: 1:\d+: .*usr.*did you mean "user"\?/);
  const missing = await ostiary(['cel', 'ctx.user.metadata.name == "fay"']);
  assert.equal(missing.code, 1);
  assert.match(missing.err, /^ostiary: 1:\d+: .*ctx.*\(give ctx a value with --ctx\)/);
});

const MISTAKES: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [[], /give one expression/],
  [['a', 'b'], /give one expression/],
  [['--batch', 'a'], /reads expressions and their bindings from standard input/],
  [['1', '--ctx', 'missing.yaml'], /missing\.yaml cannot be read: there is no such file/],
  [['1', '-o', 'xml'], /unknown format "xml"/],
  [['1', '--ctxt', 'x'], /--ctxt.*did you mean/],
];

for (const [args, message] of MISTAKES) {
  test(`ostiary cel ${args.join(' ')}: exit 1, with the reason`, async () => {
    const { code, out, err } = await ostiary(['cel', ...args], { cwd: temporaryDirectory() });
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, message);
  });
}

test('--batch answers line by line, in order, with typed values', async () => {
  const answers = await batch(
    { id: 1, expr: 'x + 1', bindings: { x: { int: '41' } } },
    { id: 'two', expr: 'a.b + y', container: 'a', bindings: { 'a.b': { string: 'p' }, y: { string: 'q' } } },
    { id: 3, expr: '[1, u, type(d), optional.none()]', bindings: { u: { uint: '5' }, d: { double: 'NaN' } } },
    { expr: 'timestamp("2026-01-01T00:00:00Z") + duration("1.5s")' },
  );
  assert.deepEqual(answers, [
    { id: 1, value: { int: '42' } },
    { id: 'two', value: { string: 'pq' } },
    { id: 3, value: { list: [{ int: '1' }, { uint: '5' }, { type: 'double' }, { optional: [] }] } },
    { id: null, value: { timestamp: '2026-01-01T00:00:01.5Z' } },
  ]);
});

test('--batch with "check" tells the type, or what does not fit before it is evaluated', async () => {
  const [list, map, wrong, unchecked] = await batch(
    { id: 1, expr: '[x]', bindings: { x: { int: '1' } }, check: true },
    { id: 2, expr: '{"a": dyn(1)}', check: true },
    { id: 3, expr: 'true ||\n 1 + "a" == 2', check: true },
    { id: 4, expr: 'true ||\n 1 + "a" == 2' },
  );
  assert.deepEqual(list, { id: 1, value: { list: [{ int: '1' }] }, type: 'list(int)' });
  assert.deepEqual(map, { id: 2, value: { map: [[{ string: 'a' }, { int: '1' }]] }, type: 'map(string, dyn)' });
  const { error, ...place } = wrong as { readonly error: string };
  assert.deepEqual(place, { id: 3, line: 2, column: 4 });
  assert.match(error, /\+/);
  assert.deepEqual(unchecked, { id: 4, value: { bool: true } });
});

test('a line that cannot be read, a syntax error and a failure are answers, and the next line is read', async () => {
  const answers = await batch(
    'nonsense',
    '',
    '[1]',
    { id: 4, expr: '1 +' },
    { id: 5, expr: '\n  1 / 0' },
    { id: 6, exp: '1' },
    { id: 7, expr: '1', bindings: { x: 1 } },
    { id: 8, expr: '[1].map(x, [2].map(y, nothing))' },
    { id: 9, expr: '9' },
  );
  const errors = answers.map((answer) => {
    const { id, error, line, column } = answer as Record<string, unknown>;
    return [id, typeof error, line, column];
  });
  assert.deepEqual(errors, [
    [null, 'string', null, null],
    [null, 'string', null, null],
    [4, 'string', 1, 4],
    [5, 'string', 2, 5],
    [6, 'string', null, null],
    [7, 'string', null, null],
    [8, 'string', 1, 23],
    [9, 'undefined', undefined, undefined],
  ]);
});

test('an answer comes before the next line is sent', async (t) => {
  const child = spawnOstiary(['cel', '--batch']);
  t.after(() => child.kill());
  for (const n of [1, 2, 3]) {
    const answered = new Promise<string>((resolve) => child.stdout!.once('data', (data) => resolve(String(data))));
    child.stdin!.write(`{"id": ${n}, "expr": "${n} + 1"}\n`);
    assert.equal(await answered, `{"id":${n},"value":{"int":"${n + 1}"}}\n`);
  }
  child.stdin!.end();
});

test('100,000 lines are answered as they come, with memory that does not grow', { timeout: 120_000 }, async (t) => {
  const child = spawnOstiary(['cel', '--batch'], { env: { NODE_OPTIONS: '--max-old-space-size=64' } });
  t.after(() => child.kill());
  const err = collect(child.stderr!);
  let answered = 0;
  child.stdout!.on('data', (data: Buffer) => {
    for (const octet of data) if (octet === 0x0a) answered++;
  });
  const exit = new Promise((resolve) => child.on('close', resolve));
  const lines = Array.from(
    { length: 1000 },
    (_, i) => `{"id":${i},"expr":"[x, ${i}].map(y, y * 2)","bindings":{"x":{"int":"${i}"}}}\n`,
  );
  for (let sent = 0; sent < 100_000; sent += lines.length) {
    if (!child.stdin!.write(lines.join(''))) await new Promise((resolve) => child.stdin!.once('drain', resolve));
  }
  child.stdin!.end();
  assert.equal(await exit, 0, err.text);
  assert.equal(answered, 100_000);
});

test('a reader that goes away ends the command quietly', async (t) => {
  const child = spawnOstiary(['cel', '--batch']);
  t.after(() => child.kill());
  const err = collect(child.stderr!);
  const exit = new Promise((resolve) => child.on('close', resolve));
  child.stdin!.on('error', () => undefined);
  child.stdout!.once('data', () => child.stdout!.destroy());
  const timer = setInterval(() => child.stdin!.write('{"expr": "1"}\n'), 20);
  t.after(() => clearInterval(timer));
  assert.equal(await exit, 141);
  assert.equal(err.text, '');
});
