import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ostiary } from '../support/command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('help names every command and exits 0, as does the help of each', async () => {
  const help = await ostiary(['--help']);
  assert.equal(help.code, 0);
  const commands = [...help.out.matchAll(/^ {2}(\S+(?: \S+)?) {2,}/gm)].map(([, name]) => name!);
  for (const name of ['serve', 'dev', 'validate', 'apply', 'diff', 'get', 'delete', 'create secret', 'sessions list']) {
    assert.ok(commands.includes(name), name);
  }
  const serve = await ostiary(['serve', '--help']);
  assert.equal(serve.code, 0);
  for (const option of ['--domain', '--listen', '--tls-cert', '--resolve', '--data', '-f']) {
    assert.ok(serve.out.includes(option), option);
  }
});

test('help of a word that several commands begin with lists them', async () => {
  for (const [word, names] of [
    ['create', ['create secret', 'create user', 'create credential']],
    ['sessions', ['sessions list', 'sessions revoke', 'sessions approve', 'sessions reject']],
  ] as const) {
    const { code, out } = await ostiary(['help', word]);
    assert.equal(code, 0);
    assert.deepEqual(
      [...out.matchAll(/^ {2}(\S+ \S+) /gm)].map(([, name]) => name),
      names,
    );
  }
});

test('the version is that of the package, asked for in either way', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  for (const word of ['version', '--version']) {
    assert.deepEqual(await ostiary([word]), { code: 0, out: `ostiary ${version}\n`, err: '' });
  }
});

test('what was compiled is kept where nobody else may plant code, and a start does without it', async () => {
  const TMPDIR = temporaryDirectory();
  assert.equal((await ostiary(['version'], { env: { TMPDIR } })).code, 0);
  assert.deepEqual(readdirSync(TMPDIR), []);
  const { code, err } = await ostiary(['version'], { env: { NODE_COMPILE_CACHE: '/dev/null/nowhere' } });
  assert.deepEqual([code, err], [0, '']);
});

const MISTAKES: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['serv'], /unknown command "serv" \(did you mean "serve"\?\)/],
  [['create'], /"create" needs one of: secret, user, credential/],
  [['policy', 'tset'], /unknown command "policy tset" \(did you mean "test"\?\)/],
  [['policy', 'frobnicate'], /unknown command "policy frobnicate" \("policy" needs one of: explain, .*test/],
  [['policy'], /"policy" needs one of: explain, /],
  [['policy', 'explain', '--usr', 'fay'], /--usr.*did you mean "--user"\?/],
  [
    ['create', 'credential', 'c', '--user', 'u', '--rotate', '--scope', 'service:*'],
    /--rotate replaces the token only/,
  ],
  [['serve', '--domian', 'x'], /--domian.*did you mean "?-{0,2}domain"?/],
  [['serve', '--listen', 'nowhere'], /"nowhere" is not HOST:PORT/],
  [['serve', '--domain', 'a b'], /"a b" is not a domain name/],
  [['serve', '--workers', 'two'], /workers: "two" is not a whole number above 0/],
  [['serve', '--workers', '0'], /workers: "0" is not a whole number above 0/],
  [['serve', '--drain', '30'], /drain: "30" is not a duration such as 30s/],
  [['serve', '--limits-connections', 'none'], /limits\.connections: "none" is not a whole number/],
  [['serve', '--tls-cert', 'x.pem'], /a certificate and its key go together/],
  [['serve', '-c', 'missing.yaml'], /missing\.yaml cannot be read: there is no such file$/m],
  [['serve', '-f', 'missing.yaml', '--data', 'DATA'], /missing\.yaml cannot be read: there is no such file$/m],
  [
    ['serve', '--tls-cert', 'no.crt', '--tls-key', 'no.key', '--data', 'DATA'],
    /no\.crt cannot be read: there is no such/,
  ],
  [['create', 'secret', 'some', '--file', 'missing.txt'], /missing\.txt cannot be read: there is no such file$/m],
  [['help', 'creat'], /unknown command "creat" \(did you mean "create"\?\)/],
  [['serve', '--resolve', 'what', '--data', 'DATA'], /what/],
  [['validate'], /Give files or directories/],
  [['validate', 'missing.yaml'], /missing\.yaml cannot be read/],
  [['apply', '--data', 'DATA'], /Give a file, a directory or -/],
  [['apply', '-', '--data', 'DATA'], /no gateway answers at .*is "ostiary serve" running/],
  [['get', 'service', '-o', 'xml', '--data', 'DATA'], /unknown format "xml"/],
];

for (const [args, message] of MISTAKES) {
  test(`ostiary ${args.join(' ')}: exit 1, with the reason on standard error only`, async () => {
    const cwd = temporaryDirectory();
    const { code, out, err } = await ostiary(
      args.map((arg) => (arg === 'DATA' ? join(cwd, 'data') : arg)),
      { cwd },
    );
    assert.equal(code, 1, err);
    assert.match(err, message);
    assert.equal(out, '');
    assert.doesNotMatch(err, /^\s+at /m, 'a stack trace');
  });
}

test('mistakes in the file of serve are all named, with their places', async () => {
  const file = join(temporaryDirectory(), 'ostiary.yaml');
  writeFileSync(file, 'domain: gate.localhost\nlisten: 8080\ndata: ./data\ndomane: x\n');
  const { code, err } = await ostiary(['serve', '-c', file]);
  assert.equal(code, 1);
  assert.match(err, /ostiary\.yaml:2:\d+: error: listen: /);
  assert.match(err, /ostiary\.yaml:4:\d+: error: .*domane.*domain/);
});

test('schema ctx shows what conditions see, whole or from a path, as text or JSON Schema', async () => {
  const whole = await ostiary(['schema', 'ctx']);
  assert.equal(whole.code, 0, whole.err);
  assert.match(whole.out, /^ctx +object[^\n]*\n {2}user +object/);
  const part = await ostiary(['schema', 'ctx', 'ctx.request.time']);
  assert.equal(part.out, 'ctx.request.time  timestamp  When it is decided; the same as `now()`.\n');
  const json = await ostiary(['schema', 'ctx', '-o', 'json']);
  assert.equal(JSON.parse(json.out).properties.request.properties.http.properties.size.type, 'integer');
});

test('schema ctx of what is not there says what was meant', async () => {
  const { code, out, err } = await ostiary(['schema', 'ctx', 'ctx.request.htp']);
  assert.deepEqual([code, out], [1, '']);
  assert.equal(err, 'ostiary: ctx.request has no field "htp" (did you mean "http"?)\n');
  assert.match((await ostiary(['schema', 'ctx', '-o', 'xml'])).err, /unknown format "xml"/);
});

test('schema PolicyTest prints the JSON Schema of policy tests', async () => {
  const { code, out, err } = await ostiary(['schema', 'PolicyTest']);
  assert.equal(code, 0, err);
  assert.equal(JSON.parse(out).properties.kind.const, 'PolicyTest');
  const unknown = await ostiary(['schema', 'PolicyTests']);
  assert.deepEqual([unknown.code, unknown.out], [1, '']);
  assert.match(unknown.err, /there is no schema "PolicyTests", one of: ctx, PolicyTest/);
});

test('schema prints the JSON Schema of the resources', async () => {
  const { code, out } = await ostiary(['schema']);
  assert.equal(code, 0);
  const schema = JSON.parse(out);
  assert.match(schema.$schema, /json-schema\.org/);
  assert.match(out, /dynamicConfig/);
});
