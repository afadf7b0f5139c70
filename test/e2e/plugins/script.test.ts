import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { validateCommand } from '../../../src/main/validate.ts';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { ALLOW_ALL, bearer, group, open, service, workload, yaml } from '../../support/resources.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SCRIPTS = [join(ROOT, 'test/fixtures/scripts'), join(ROOT, 'deploy/examples/plugins')];

const upstream = await RecordingUpstream.start('upstream', {
  answer: (received, response) => {
    response.setHeader('x-removed', 'yes').setHeader('set-cookie', 'a=b').setHeader('x-api-key', 'secret');
    response.writeHead(received.url === '/none' ? 204 : 200).end(received.url === '/none' ? '' : 'from upstream');
  },
});
const listed = (script: object, more: object = {}) => {
  return { name: `script-${JSON.stringify(script).length}`, condition: { matchAny: true }, script, ...more };
};
const teller = listed({ name: 'teller', config: { status: 203 } });
const legacy = listed({ name: 'legacy-paths', config: { moved: { '/old': '/new' }, gone: ['/gone'], sunset: 'soon' } });
const told = { upstream: { url: upstream.url }, http: { plugins: [teller] } };

const gateway = await GatewayProcess.start({
  args: SCRIPTS.flatMap((directory) => ['--plugins', directory]),
  files: {
    'services.yaml': yaml(
      ALLOW_ALL,
      group('staff'),
      workload('robot', { groups: ['staff'] }),
      open('open', upstream.url, {}, { plugins: [teller] }),
      service('closed', { config: told }),
      open('both', upstream.url, {}, { plugins: [legacy, teller] }),
      open('broken', upstream.url, {}, { plugins: [listed({ name: 'no-such-script' })] }),
      open('never', upstream.url, {}, { plugins: [{ ...teller, condition: { match: 'false' } }] }),
    ),
  },
});

const changing = (changes: object) => `/change?${encodeURIComponent(JSON.stringify(changes))}`;

test('it sees the request, who sends it and its configuration, and no credentials', async () => {
  const headers = { ...bearer(await gateway.token('robot')), cookie: 'a=b', 'x-api-key': 'k', 'x-plain': 'p' };
  const { body } = await gateway.ask('closed', '/seen?a=1', {
    headers,
    method: 'POST',
    body: '{"a":[1]}',
  });
  const { request, context } = JSON.parse(body) as {
    request: Record<string, unknown>;
    context: Record<string, unknown>;
  };
  assert.deepEqual(
    { ...request, headers: null },
    {
      ...{ method: 'POST', path: '/seen', query: 'a=1', headers: null },
      ...{ clientAddress: '127.0.0.1', body: { a: [1] } },
    },
  );
  assert.deepEqual(Object.keys(request.headers as object), ['x-plain', 'x-request-id']);
  assert.deepEqual(context.user, { name: 'robot', type: 'WORKLOAD', email: null, groups: ['staff'] });
  assert.deepEqual(context.config, { status: 203 });
  assert.equal(context.service, 'closed');
  assert.deepEqual((context.session as { claims: object }).claims, {});
});

test('of a stranger it sees that', async () => {
  const { context } = JSON.parse((await gateway.ask('open', '/seen')).body) as { context: Record<string, unknown> };
  assert.deepEqual([context.user, context.session], [null, null]);
});

test('it changes headers, path and query of what is sent on', async () => {
  const changes = {
    headers: { 'x-one': 'ä', 'x-two': ['a', 'b'], 'x-gone': null },
    path: '/else/where',
    query: 'q=%20',
  };
  await gateway.ask('open', changing(changes), { headers: { 'x-gone': '1', 'x-one': 'before' } });
  const { url, headers } = upstream.last;
  assert.equal(url, '/else/where?q=%20');
  assert.deepEqual([headers['x-one'], headers['x-two'], headers['x-gone']], ['Ã¤', 'a, b', undefined]);
});

test('it changes status and headers of what comes back, and sees no cookies there', async () => {
  const { status, headers, body } = await gateway.ask('open', '/x');
  assert.deepEqual([status, body, headers['x-removed']], [203, 'from upstream', undefined]);
  const seen = JSON.parse(headers['x-seen'] as string) as { response: { headers: object }; path: string };
  assert.equal(seen.path, '/x');
  assert.deepEqual(
    Object.keys(seen.response.headers).filter((name) => /cookie|key/.test(name)),
    [],
  );
  assert.deepEqual(headers['set-cookie'], ['a=b']);
});

test('an answer without a body does not become one with a body', async () => {
  const { status, reason } = await gateway.ask('open', '/none');
  assert.deepEqual([status, reason], [500, 'plugin-error']);
});

test('it answers itself; those before it see that, and the upstream nothing', async () => {
  const before = upstream.received.length;
  const answer = await gateway.ask('both', '/gone');
  assert.deepEqual([answer.status, answer.body], [410, '/gone is no longer there.\n']);
  assert.equal((await gateway.ask('both', '/seen')).status, 200);
  assert.equal(upstream.received.length, before);
});

test('several act in the order written', async () => {
  const { headers } = await gateway.ask('both', '/old');
  assert.deepEqual([upstream.last.url, upstream.last.headers['x-original-path']], ['/new', '/old']);
  assert.equal(headers.link, '</new>; rel="successor-version"');
  assert.equal((JSON.parse(headers['x-seen'] as string) as { path: string }).path, '/new');
});

for (const [body, reason] of [
  ['{"a":1,"a":2}', 'bad-body'],
  ['{', 'bad-body'],
  [JSON.stringify('x'.repeat(2000)), 'body-too-large'],
] as const) {
  test(`a body that it cannot see is refused: ${body.slice(0, 20)}`, async () => {
    assert.equal((await gateway.ask('open', '/seen', { method: 'POST', body })).reason, reason);
  });
}

test('a body that it has seen is passed on as it came', async () => {
  await gateway.ask('open', '/x', { method: 'POST', body: ' {"a" : 1} ' });
  assert.equal(upstream.last.body, ' {"a" : 1} ');
});

test('a Service that names one that is not there does not serve; its neighbours do', async () => {
  assert.equal((await gateway.ask('broken')).reason, 'service-broken');
  assert.match(gateway.stderr, /services\.yaml:\d+:\d+: error: \S+script\.name: there is no script "no-such-script"/);
  assert.equal((await gateway.ask('never')).status, 200);
});

const MISTAKES: readonly (readonly [plugins: readonly object[], message: RegExp])[] = [
  [[listed({ name: 'teler' })], /there is no script "teler" \(did you mean "teller"\?\)/],
  [
    [listed({ name: 'teller', config: { status: 'x' } })],
    /script\.config\.status: it does not fit the schema of the script "teller": type/,
  ],
  [[listed({ name: 'teller', conifg: {} })], /unknown/i],
  [[listed({ name: 'teller' }, { phase: 'PRE_AUTH' })], /requests that are allowed/],
  [
    [teller, legacy],
    /"legacy-paths" has order 100, and "teller" before it has 200 \(put "legacy-paths" before "teller"\)/,
  ],
];

for (const [plugins, message] of MISTAKES) {
  test(`is refused with its place: ${message.source}`, async () => {
    const said = await validated(yaml(open('wrong', upstream.url, {}, { plugins })), SCRIPTS);
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}

const MANIFESTS: readonly (readonly [manifest: string, code: string, message: RegExp])[] = [
  ['naem: wrong', '', /did you mean "name"/],
  ['name: wrong\nversion: 1', '', /version/],
  ['name: wrong\nversion: 1.0.0\napiVersion: ostiary/v2', '', /apiVersion/],
  [
    'apiVersion: ostiary/v1\nname: wrong\nversion: 1.0.0\nschema: { typ: object }',
    '',
    /schema: .*typ is not supported/,
  ],
  ['apiVersion: ostiary/v1\nname: wrong\nversion: 1.0.0\nlimits: { run: 2s }', '', /limits\.run: run is more than 1s/],
  ['apiVersion: ostiary/v1\nname: wrong\nversion: 1.0.0\nmaxBodySize: 5', '', /it sees no body/],
  ['apiVersion: ostiary/v1\nname: wrong\nversion: 1.0.0\nmain: ../x.ts', '', /main/],
  ['apiVersion: ostiary/v1\nname: wrong\nversion: 1.0.0\nmain: x.ts', '', /there is no x\.ts/],
  ['', 'export const onRequst = 1;', /there is no hook "onRequst"/],
  ['', 'export const other = 1;', /it exports no hook/],
  ['', 'export const onRequest = 1;', /is not a function/],
  ['', 'const a = ;', /plugin\.ts:\d+:1: error: version 1\.0\.0 does not load: SyntaxError/],
  ['', '\n\nthrow new Error("not today");', /plugin\.ts:3:1: .*not today/],
  ['', 'import "./missing.ts";', /does not load/],
  ['', 'process.exit(3);', /exit code 3/],
  ['', 'await new Promise(() => {});', /it ended its thread/],
];

for (const [manifest, code, message] of MANIFESTS) {
  test(`a plugin that cannot be used says why: ${message.source}`, async () => {
    const directory = temporaryDirectory();
    writePlugin(directory, manifest || 'name: wrong\nversion: 1.0.0\napiVersion: ostiary/v1', code);
    assert.match(await validated(yaml(open('any', upstream.url)), [directory]), message);
  });
}

function writePlugin(directory: string, manifest: string, code: string): void {
  mkdirSync(join(directory, 'wrong'));
  writeFileSync(join(directory, 'wrong/plugin.yaml'), manifest);
  writeFileSync(join(directory, 'wrong/plugin.ts'), code);
}

async function validated(text: string, plugins: readonly string[]): Promise<string> {
  const file = join(temporaryDirectory(), 'services.yaml');
  writeFileSync(file, text);
  const said: string[] = [];
  const io = { out: () => {}, err: (line: string) => void said.push(line), env: {} };
  await validateCommand.run({ positionals: [file], options: { plugins: [...plugins] }, io: io as never });
  return said.join('');
}
