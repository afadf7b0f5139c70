import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ostiary, ostiaryHere } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const upstream = await RecordingUpstream.start('upstream');
const GOOD = yaml(open('good', upstream.url));

async function statusOf(gateway: GatewayProcess, name: string): Promise<string> {
  const { status, reason } = await gateway.ask(name);
  return `${status} ${reason}`;
}

function version(text: string): string {
  return yaml(open('good', upstream.url, {}, { header: { addRequestHeaders: [{ key: 'X-Version', value: text }] } }));
}

async function servedVersion(gateway: GatewayProcess): Promise<unknown> {
  await gateway.ask('good');
  return upstream.last.headers['x-version'];
}

test('broken Services refuse their own requests with 503, and the others serve', async () => {
  const rule = (match: string, configName: string) => ({ condition: { match }, configName });
  const dynamic = (name: string, one: unknown) => {
    const configs = [{ name: 'main', upstream: { url: upstream.url } }];
    return service(name, { isAnonymous: true, dynamicConfig: { configs, rules: [one] } });
  };
  const authorization = { policies: ['missing'] };
  const broken = [
    [open('unknown-key', upstream.url, { isAnonymus: true }), 'unknown key "isAnonymus" (did you mean "isAnonymous"?)'],
    [open('wrong-type', upstream.url, { isAnonymous: 'yes' }), 'expected true or false'],
    [dynamic('bad-condition', rule('ctx.request.', 'main')), 'unexpected "."'],
    [dynamic('no-such-config', rule('true', 'mein')), 'there is no config "mein" (did you mean "main"?)'],
    [open('no-such-policy', upstream.url, { authorization }), 'there is no Policy "missing"'],
    [open('bad-url', 'gopher://127.0.0.1'), 'spec.config.upstream.url'],
  ] as const;
  const all = yaml(...broken.map(([document]) => document));
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': `${GOOD}---\n${all}` } });
  for (const [{ metadata }, message] of broken) {
    assert.equal(await statusOf(gateway, metadata.name), '503 service-broken', metadata.name);
    const line = gateway.stderr.split('\n').find((one) => one.includes(message));
    assert.match(line ?? gateway.stderr, /all\.yaml:\d+:\d+: error: /, `no line says ${message}`);
  }
  assert.equal(await statusOf(gateway, 'good'), '200 null');
  assert.equal(upstream.received.length, 1);
});

test('a half-written file keeps the last good generation, over a restart too, until it is mended', async () => {
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': version('one') } });
  assert.equal(await servedVersion(gateway), 'one');
  const said = await gateway.write('a.yaml', version('two').slice(0, -20).concat('"'));
  assert.match(said, /stays; \d+ errors? above/);
  assert.match(gateway.stderr, /a\.yaml:\d+:\d+: error: /);
  assert.equal(await servedVersion(gateway), 'one');

  await gateway.stop();
  const restarted = await gateway.again();
  assert.equal(await servedVersion(restarted), 'one');
  assert.match(restarted.stderr, /a\.yaml:\d+:\d+: error: /);

  assert.match(await restarted.write('a.yaml', version('three')), /is live$/);
  assert.equal(await servedVersion(restarted), 'three');
});

test('a first start with a file that cannot be read says where, and ends', async () => {
  const file = join(temporaryDirectory(), 'first.yaml');
  writeFileSync(file, 'kind: Service\nmetadata: {name: x');
  const args = ['serve', '-f', file, '--data', join(temporaryDirectory(), 'data'), '--listen', '127.0.0.1:0'];
  const { code, err } = await ostiary([...args, '--admin-listen', 'off']);
  assert.equal(code, 1);
  assert.match(err, /first\.yaml:2:\d+: /);
});

test('validate names every mistake at once with file, line, column and a suggestion', async () => {
  const directory = temporaryDirectory();
  const files = {
    'one.yaml':
      'kind: Service\nmetadata: {name: one}\nspec:\n  mode: HTTP\n  isPublik: true\n  config: {upstream: {}}\n',
    'two.yaml': 'kind: Servise\nmetadata: {name: two}\nspec: {}\n',
    'three.yaml': 'kind: Group\nmetadata: {name: three, name: four}\nspec: {}\n',
    'four.yaml': 'kind: User\nmetadata: {name: four}\nspec: {type: WORKLOAD, groups: [nobody]}\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const { code, out, err } = await ostiaryHere(['validate', directory]);
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(err, /one\.yaml:5:3: error: spec\.isPublik: .*isPublic/);
  assert.match(err, /one\.yaml:6:\d+: error: /);
  assert.match(err, /two\.yaml:1:\d+: error: .*Service/);
  assert.match(err, /three\.yaml:2:\d+: error: /);
  assert.match(err, /four\.yaml:3:\d+: error: .*nobody/);
});

test('validate is content with good files and says how many resources there are', async () => {
  const file = join(temporaryDirectory(), 'good.yaml');
  writeFileSync(file, GOOD);
  assert.deepEqual(await ostiaryHere(['validate', file]), { code: 0, out: '1 file, 1 resource: no errors\n', err: '' });
});

test('one name in a file and in the store is an error on both ways, and the first one goes on', async () => {
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': version('file') } });
  const applied = await gateway.run(['apply', '-'], { input: version('store') });
  assert.equal(applied.code, 1);
  assert.match(applied.err, /Service\/good|good/);
  assert.match(applied.err, /nothing was changed/);
  assert.equal(await servedVersion(gateway), 'file');

  await gateway.command(['apply', '-'], yaml(open('stored', upstream.url)));
  await gateway.write('b.yaml', yaml(open('stored', 'http://127.0.0.1:1')));
  assert.match(gateway.stderr, /b\.yaml:\d+:\d+: error: .*store/);
  assert.notEqual(await statusOf(gateway, 'stored'), '502 upstream-unreachable');
  assert.equal(await servedVersion(gateway), 'file');
});
