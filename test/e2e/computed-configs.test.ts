import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ostiaryHere } from '../support/command.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Ask } from '../support/http-client.ts';
import { type Received, RecordingUpstream } from '../support/recording-upstream.ts';
import { type Document, open, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { NEEDS_OPA } from '../unit/policies/rego/fixtures.ts';

const one = await RecordingUpstream.start('one');
const two = await RecordingUpstream.start('two');

const ALWAYS = { matchAny: true };
const NOBODY = { condition: ALWAYS, ipRestriction: { deny: ['0.0.0.0/0', '::/0'] } };

/** An anonymous Service whose rule computes the config in CEL. */
function computing(name: string, source: string, more: object = {}): Document {
  const rules = [{ condition: ALWAYS, eval: source }];
  return service(name, { isAnonymous: true, dynamicConfig: { rules }, ...more });
}

/** The tenant of the header decides where a request goes; known ones only. */
const BY_TENANT = `{
  "name": "tenant",
  "upstream": {"url": {"a": "${one.url}", "b": "${two.url}"}[ctx.request.http.headers["x-tenant"]]},
  "http": {
    "path": {"addPrefix": "/" + ctx.request.http.headers["x-tenant"]},
    "header": {"addRequestHeaders": [{"key": "X-Method", "value": ctx.request.http.method}], "host": null},
  },
}`;

const INHERITING = `{
  "parent": "base",
  "upstream": {"url": "${two.url}"},
  "http": {"header": {"addRequestHeaders": [{"key": "X-Child", "eval": "ctx.request.http.method"}]}},
}`;

const base = {
  name: 'base',
  upstream: { url: one.url },
  http: { header: { addRequestHeaders: [{ key: 'X-Base', value: 'yes' }] } },
};

const byText = (document: string) => `json.parse(${document})`;

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      computing('tenants', BY_TENANT),
      computing('tenants-or-default', BY_TENANT, { config: { upstream: { url: two.url } } }),
      computing('inheriting', '', {
        dynamicConfig: { configs: [base], rules: [{ condition: ALWAYS, eval: INHERITING }] },
      }),
      computing('from-client', byText('ctx.request.http.headers["x-config"]')),
      computing('secret', `{"upstream": {"url": "${one.url}"}, "http": {"auth": {"bearer": {"fromSecret": "gone"}}}}`),
      computing('failing', '{"upstream": {"url": dyn(1 / 0)}}', { config: { upstream: { url: one.url } } }),
      open('plain', one.url),
    ),
  },
});

async function arrives(name: string, path = '/', more: Omit<Ask, 'host' | 'path'> = {}): Promise<Received | string> {
  const { status, reason, body } = await gateway.ask(name, path, more);
  return status === 200 ? (JSON.parse(body) as Received) : `${status} ${reason}`;
}

async function arriving(...asked: Parameters<typeof arrives>): Promise<Received> {
  const arrived = await arrives(...asked);
  if (typeof arrived === 'string') throw new Error(`refused: ${arrived}`);
  return arrived;
}

const tenant = (name: string) => ({ headers: { 'x-tenant': name } });
const config = (document: unknown) => ({ headers: { 'x-config': JSON.stringify(document) } });

test('a rule computes where a request goes and what is done to it', async () => {
  for (const [name, expected] of [
    ['a', 'one'],
    ['b', 'two'],
    ['a', 'one'],
  ] as const) {
    const arrived = await arriving('tenants', '/x', tenant(name));
    assert.deepEqual([arrived.upstream, arrived.url], [expected, `/${name}/x`]);
    assert.equal(arrived.headers['x-method'], 'GET');
  }
});

test('what the config is computed from is missing: the rule chooses nothing', async () => {
  assert.equal(await arrives('tenants'), '502 no-config');
  assert.equal(await arrives('tenants', '/', tenant('c')), '502 no-config');
  assert.equal((await arriving('tenants-or-default')).upstream, 'two');
});

test('a computed config is laid over its parent', async () => {
  const { upstream, headers } = await arriving('inheriting');
  assert.deepEqual([upstream, headers['x-base'], headers['x-child']], ['two', 'yes', 'GET']);
});

test('a config that cannot be computed refuses; the default one is not used instead', async () => {
  const received = one.received.length;
  assert.equal(await arrives('failing'), '500 config-error');
  assert.equal(one.received.length, received);
});

test('what would be refused in a file is refused here', async () => {
  const url = one.url;
  const unsound = [
    {},
    { upstream: { url: 'file:///etc/passwd' } },
    { upstream: { url: 1 } },
    { upstream: { url }, unknown: true },
    { upstream: { url, loadbalance: { endpoints: [{ url }] } } },
    { upstream: { url }, mcp: {} },
    { upstream: { url }, http: { body: { maxRequestSize: 1 } } },
    { upstream: { url }, http: { header: { addRequestHeaders: [{ key: 'X-A', value: 'a\r\nX-B: b' }] } } },
    { upstream: { url }, http: { header: { addRequestHeaders: [{ key: 'X-A', eval: 'ctx.(' }] } } },
    { upstream: { url }, http: { path: { addPrefix: '/../..' } } },
    // before a config is computed it would have to act, so it would not act at all
    { upstream: { url }, http: { plugins: [{ name: 'guard', phase: 'PRE_AUTH', ...NOBODY }] } },
    { upstream: { url }, parent: 'nobody' },
    { upstream: { url }, name: 'a\nb' },
  ];
  const received = one.received.length;
  for (const document of unsound.slice(1)) {
    assert.equal(await arrives('from-client', '/', config(document)), '500 config-error', JSON.stringify(document));
  }
  assert.equal(await arrives('from-client', '/', config(unsound[0])), '502 no-config');
  const polluting = `{"__proto__": {"upstream": {"url": "${url}"}}}`;
  assert.equal(await arrives('from-client', '/', { headers: { 'x-config': polluting } }), '500 config-error');
  assert.equal(one.received.length, received);
});

test('a Secret that a computed config names and that is not there refuses the request', async () => {
  assert.equal(await arrives('secret'), '502 credential-unavailable');
});

test('ever new configs push older ones out, and requests of both are answered', async () => {
  const addressOf = (i: number) => ({ upstream: { url: one.url }, http: { path: { addPrefix: `/${i}` } } });
  const viaNewUpstream = (i: number) => ({
    upstream: { url: one.url, timeouts: { firstByte: { seconds: 10 + i } } },
    http: { path: { addPrefix: `/${i}` } },
  });
  for (let i = 0; i < 250; i++) {
    const document = i % 2 === 0 ? addressOf(i) : viaNewUpstream(i);
    assert.equal((await arriving('from-client', '/', config(document))).url, `/${i}/`);
  }
  assert.equal((await arriving('from-client', '/', config(addressOf(0)))).url, '/0/');
  assert.equal((await arriving('plain')).upstream, 'one');
});

test('a change of the Service is followed, one of another is not noticed', async () => {
  const files = (prefix: string) => ({
    'a.yaml': yaml(
      computing('own', `{"upstream": {"url": "${one.url}"}, "http": {"path": {"addPrefix": "${prefix}"}}}`),
      open('other', two.url, { attrs: { version: prefix.slice(1) } }),
    ),
  });
  const another = await GatewayProcess.start({ files: files('/first') });
  const urlOf = async () => (JSON.parse((await another.ask('own', '/')).body) as Received).url;
  assert.equal(await urlOf(), '/first/');
  await another.write('a.yaml', files('/second')['a.yaml']);
  assert.equal(await urlOf(), '/second/');
});

const REGO = `package octelium.eval

tenants := {"a": "${one.url}", "b": "${two.url}"}

result := {"upstream": {"url": tenants[input.ctx.request.http.headers["x-tenant"]]}}
`;

const choosing = (name: string, opa: unknown): Document =>
  service(name, { isAnonymous: true, dynamicConfig: { rules: [{ condition: ALWAYS, opa }] } });

test('a rule computes the config in Rego', { skip: NEEDS_OPA }, async () => {
  const numbers = 'package octelium.eval\n\nresult := 1\n';
  const another = await GatewayProcess.start({
    files: {
      'a.yaml': yaml(choosing('text', REGO), choosing('inline', { inline: REGO }), choosing('number', numbers)),
    },
  });
  for (const name of ['text', 'inline']) {
    const { status, body } = await another.ask(name, '/', tenant('b'));
    assert.deepEqual([status, (JSON.parse(body) as Received).upstream], [200, 'two']);
    assert.equal((await another.ask(name, '/')).reason, 'no-config');
  }
  assert.equal((await another.ask('number', '/')).reason, 'config-error');
});

test('a remote OPA gives the config, and whatever else it gives refuses', async () => {
  const upstream = { url: two.url };
  const answers: readonly (readonly [unknown, string])[] = [
    [{ result: { upstream } }, '200 '],
    [{}, '502 no-config'],
    [{ result: true }, '500 config-error'],
    [{ result: [{ upstream }] }, '500 config-error'],
    [{ result: { upstream: { url: 'nowhere' } } }, '500 config-error'],
    ['garbage', '500 config-error'],
  ];
  let answer: unknown;
  const server = createServer((_, response) => void response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster = {
    kind: 'ClusterConfig',
    metadata: { name: 'default' },
    spec: { opa: { remotes: [{ name: 'opa', url }] } },
  };
  const remote = choosing('remote', { remote: 'opa', path: 'configs/result' });
  const another = await GatewayProcess.start({ files: { 'a.yaml': yaml(cluster, remote) } });
  for (const [given, expected] of answers) {
    answer = given;
    const { status, reason } = await another.ask('remote');
    assert.equal(`${status} ${reason ?? ''}`, expected, JSON.stringify(given));
  }
});

test('rules that can give no config are refused with their place', async () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ eval: '"text"' }, /rules\[0\]\.eval: a config must be a map; this gives string/],
    [{ eval: '{"upstream": ctx.nobody}' }, /rules\[0\]\.eval: .*nobody/],
    [{ opa: { inline: REGO, remote: 'opa', path: 'a' } }, /rules\[0\]\.opa/],
    [{ opa: { remote: 'gone', path: 'a' } }, /there is no remote "gone"/],
    [{ opa: 1 }, /rules\[0\]\.opa: .*Rego/],
    [{ eval: '{}', configName: 'default' }, /exactly one of|configName/],
    [{}, /configName/],
  ];
  const file = join(temporaryDirectory(), 'a.yaml');
  for (const [given, message] of refused) {
    const dynamicConfig = { rules: [{ condition: ALWAYS, ...(given as object) }] };
    writeFileSync(
      file,
      yaml(service('api', { isAnonymous: true, config: { upstream: { url: one.url } }, dynamicConfig })),
    );
    const { code, out, err } = await ostiaryHere(['validate', file]);
    assert.equal(code, 1, JSON.stringify(given));
    assert.match(out + err, message);
  }
});
