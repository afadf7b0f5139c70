import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { type Document, service, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const BUNDLES = new URL('../fixtures/opa-bundles/', import.meta.url);
const UNSIGNED = readFileSync(new URL('unsigned.tar.gz', BUNDLES));
const NEXT = readFileSync(new URL('es256.tar.gz', BUNDLES));
const upstream = await RecordingUpstream.start('opa');

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => handler(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clusterConfig(opa: object): Document {
  return { kind: 'ClusterConfig', metadata: { name: 'default' }, spec: { opa } };
}

/** An anonymous Service that only this condition opens. */
function guarded(name: string, opa: object, effect = 'ALLOW'): Document {
  const inlinePolicies = [{ name: 'opa', spec: { rules: [{ effect, condition: { opa } }] } }];
  const authorization = { enableAnonymous: true, inlinePolicies };
  return service(name, { isAnonymous: true, authorization, config: { upstream: { url: upstream.url } } });
}

const PUBLIC = { bundle: 'authz', entrypoint: 'authz/public' };

async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (await look()) return;
    await sleep(20);
  }
  assert.fail(`waited in vain for ${what}`);
}

const isOpen = async (gateway: GatewayProcess, path: string) => (await gateway.ask('api', path)).status === 200;

test('a bundle in a file decides, and one that takes its place does from then on', async () => {
  const file = join(temporaryDirectory(), 'authz.tar.gz');
  copyFileSync(new URL('unsigned.tar.gz', BUNDLES), file);
  const files = { 'a.yaml': yaml(clusterConfig({ bundles: [{ name: 'authz', file }] }), guarded('api', PUBLIC)) };
  const gateway = await GatewayProcess.start({ files });
  assert.equal((await gateway.ask('api', '/public')).status, 200);
  assert.equal((await gateway.ask('api', '/other')).reason, 'no-policy-match');
  copyFileSync(new URL('es256.tar.gz', BUNDLES), file);
  await eventually('the other bundle', () => isOpen(gateway, '/next'));
  assert.equal((await gateway.ask('api', '/public')).reason, 'no-policy-match');
  assert.match((await gateway.admin('/metrics')).body, /ostiary_opa_bundle_loaded\{bundle="authz"\} 1/);
  assert.equal((await gateway.api.status()).opaBundles[0]?.revision, 'rev-2');
});

for (const workers of [1, 2]) {
  test(`a bundle server is asked with its ETag, and its last good bundle survives it (workers: ${workers})`, async () => {
    let answer: { readonly status: number; readonly body?: Buffer; readonly etag?: string } = {
      status: 200,
      body: UNSIGNED,
      etag: '"one"',
    };
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers['if-none-match']);
      const isKnown = request.headers['if-none-match'] === answer.etag && answer.etag !== undefined;
      response.writeHead(isKnown ? 304 : answer.status, answer.etag === undefined ? {} : { etag: answer.etag });
      response.end(isKnown ? undefined : answer.body);
    });
    const polling = { minDelay: '20ms', maxDelay: '40ms' };
    const config = clusterConfig({ bundles: [{ name: 'authz', url: `${url}/authz.tar.gz`, polling }] });
    const files = { 'a.yaml': yaml(config, guarded('api', PUBLIC)) };
    const args = ['--workers', String(workers)];
    const gateway = await GatewayProcess.start({ files, args });
    await eventually('the bundle', () => isOpen(gateway, '/public'));
    await eventually('a look with the ETag', async () => asked.includes('"one"'));

    answer = { status: 200, body: Buffer.from('garbage'), etag: '"bad"' };
    await eventually('the failure to be told', async () => /last good one stays/.test(gateway.stderr));
    assert.ok(await isOpen(gateway, '/public'));
    const [status] = (await gateway.api.status()).opaBundles;
    assert.match(status?.problem ?? '', /archive/);
    assert.notEqual(status?.digest, null);

    answer = { status: 200, body: NEXT, etag: '"two"' };
    await eventually('the next bundle', () => isOpen(gateway, '/next'));
    answer = { status: 500 };
    await gateway.stop();
    assert.equal(readdirSync(join(gateway.data, 'opa')).length, 1);
    const again = await GatewayProcess.start({ files, args, data: gateway.data });
    assert.ok(await isOpen(again, '/next'), 'the last good bundle serves without its server');
  });
}

for (const workers of [1, 2]) {
  test(`what was kept of a bundle goes with its name, unless the configuration has mistakes (workers: ${workers})`, async () => {
    const url = await serve((_, response) => void response.end(UNSIGNED));
    const config = clusterConfig({ bundles: [{ name: 'authz', url: `${url}/authz.tar.gz` }] });
    const files = { 'a.yaml': yaml(config, guarded('api', PUBLIC)) };
    const gateway = await GatewayProcess.start({ files, args: ['--workers', String(workers)] });
    await eventually('the bundle', () => isOpen(gateway, '/public'));
    const kept = () => readdirSync(join(gateway.data, 'opa')).length;
    const open = service('api', { isAnonymous: true, config: { upstream: { url: upstream.url } } });
    await gateway.write('a.yaml', yaml(clusterConfig({ bundels: [] }), open));
    assert.equal(kept(), 1, 'nobody knows what the ClusterConfig was meant to name');
    await gateway.write('a.yaml', yaml(open));
    assert.equal(kept(), 0);
  });
}

test('a bundle that is not there yet denies, with its reason', async () => {
  const config = clusterConfig({ bundles: [{ name: 'authz', url: 'http://127.0.0.1:1/authz.tar.gz' }] });
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(config, guarded('api', PUBLIC)) } });
  const { status, reason } = await gateway.ask('api', '/public');
  assert.deepEqual([status, reason], [403, 'policy-error']);
});

type Case = readonly [name: string, handler: Handler, reason: string];

const json = (value: unknown) => (_: unknown, response: ServerResponse) => void response.end(JSON.stringify(value));

const REFUSED: readonly Case[] = [
  ['false', json({ result: false }), 'no-policy-match'],
  ['undefined', json({}), 'no-policy-match'],
  ['not a boolean', json({ result: 'true' }), 'policy-error'],
  ['garbage', (_, response) => void response.end('<html>'), 'policy-error'],
  ['a list', json([true]), 'policy-error'],
  ['an error', (_, response) => void response.writeHead(500).end('{"result":true}'), 'policy-error'],
  ['elsewhere', (_, response) => void response.writeHead(302, { location: '/x' }).end(), 'policy-error'],
  ['too slow', () => {}, 'policy-error'],
  ['cut off', ({ socket }, response) => void response.write('{"result":', () => socket.destroy()), 'policy-error'],
  ['without an end', (_, response) => pour(response), 'policy-error'],
];

function pour(response: ServerResponse): void {
  response.on('drain', () => response.write(' '.repeat(65_536)));
  response.on('error', () => {});
  while (response.write(' '.repeat(65_536)));
}

test('a remote OPA is asked, on kept connections, and whatever it cannot answer denies', async (t) => {
  const sockets = new Set<unknown>();
  const bodies: string[] = [];
  const url = await serve((request, response, body) => {
    sockets.add(request.socket);
    bodies.push(body);
    assert.equal(request.method, 'POST');
    assert.equal(request.url, '/v1/data/authz/public');
    const { input } = JSON.parse(body) as { input: { ctx: { request: { http: { path: string } } } } };
    response.end(JSON.stringify({ result: input.ctx.request.http.path === '/public' }));
  });
  const cases = await Promise.all(REFUSED.map(async ([, handler]) => serve(handler)));
  const remotes = [
    { name: 'authz', url },
    { name: 'down', url: 'http://127.0.0.1:1' },
    ...cases.map((at, i) => ({ name: `case-${i}x`, url: at, timeout: '200ms' })),
  ];
  const path = 'authz/public';
  const services = remotes.map(({ name }) => guarded(name === 'authz' ? 'api' : name, { remote: name, path }));
  const denying = guarded('denying', { remote: 'case-1x', path }, 'DENY');
  const gateway = await GatewayProcess.start({
    files: { 'a.yaml': yaml(clusterConfig({ remotes }), ...services, denying) },
  });
  for (let i = 0; i < 5; i++) assert.equal((await gateway.ask('api', '/public')).status, 200);
  assert.equal((await gateway.ask('api', '/private')).reason, 'no-policy-match');
  assert.equal(sockets.size, 1);
  assert.equal(bodies.length, 6, 'one question for each request');
  assert.equal((await gateway.ask('down', '/')).reason, 'policy-error');
  for (const [i, [name, , reason]] of REFUSED.entries()) {
    await t.test(name, async () => assert.equal((await gateway.ask(`case-${i}x`, '/public')).reason, reason));
  }
  assert.equal((await gateway.ask('denying', '/')).reason, 'policy-error', 'a DENY that is undefined denies');
});

test('the config of a request may depend on a remote OPA and on a bundle', async () => {
  const url = await serve((_, response, body) => {
    response.end(JSON.stringify({ result: body.includes('"path":"/remote"') }));
  });
  const named = (name: string) => ({
    name,
    upstream: { url: upstream.url },
    http: { path: { addPrefix: `/${name}` } },
  });
  const api = service('api', {
    isAnonymous: true,
    dynamicConfig: {
      configs: [named('bundled'), named('remote')],
      rules: [
        { condition: { opa: PUBLIC }, configName: 'bundled' },
        { condition: { opa: { remote: 'sidecar', path: 'a/b' } }, configName: 'remote' },
      ],
    },
  });
  const file = new URL('unsigned.tar.gz', BUNDLES).pathname;
  const config = clusterConfig({ bundles: [{ name: 'authz', file }], remotes: [{ name: 'sidecar', url }] });
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(config, api) } });
  const pathOf = async (path: string) => {
    const { status, body, reason } = await gateway.ask('api', path);
    return status === 200 ? (JSON.parse(body) as { url: string }).url : reason;
  };
  assert.equal(await pathOf('/public'), '/bundled/public');
  assert.equal(await pathOf('/remote'), '/remote/remote');
  assert.equal(await pathOf('/none'), 'no-config');
});

test('workers verify a signature with the key in a Secret', async () => {
  const verification = { fromSecret: 'bundle-key', algorithm: 'RS256' };
  const bundles = ['rs256', 'unsigned'].map((name) => {
    return { name, file: new URL(`${name}.tar.gz`, BUNDLES).pathname, verification };
  });
  const value = readFileSync(new URL('rsa.pub.pem', BUNDLES)).toString();
  const secret: Document = { kind: 'Secret', metadata: { name: 'bundle-key' }, spec: {}, data: { value } };
  const services = ['rs256', 'unsigned'].map((name) => guarded(`by-${name}`, { ...PUBLIC, bundle: name }));
  const files = { 'a.yaml': yaml(clusterConfig({ bundles }), secret, ...services) };
  const gateway = await GatewayProcess.start({ files, args: ['--workers', '2'] });
  assert.equal((await gateway.ask('by-rs256', '/public')).status, 200);
  assert.equal((await gateway.ask('by-unsigned', '/public')).reason, 'policy-error');
  assert.match(gateway.stderr, /OPA bundle unsigned: the bundle is refused: it is not signed; its conditions deny/);
});

const hasOpa = spawnSync('opa', ['version']).status === 0;

test('OPA itself answers', { skip: hasOpa ? false : 'the opa program is not installed' }, async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const source = new URL('src', BUNDLES).pathname;
  const opa = spawn('opa', ['run', '--server', '--addr', address, '--log-level', 'error', '--bundle', source]);
  after(() => opa.kill());
  const remotes = [{ name: 'opa', url: `http://${address}` }];
  const services = ['public', 'nothing'].map((name) => guarded(name, { remote: 'opa', path: `authz/${name}` }));
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(clusterConfig({ remotes }), ...services) } });
  await eventually('OPA to answer', async () => (await gateway.ask('public', '/public')).status === 200);
  assert.equal((await gateway.ask('public', '/other')).reason, 'no-policy-match');
  assert.equal((await gateway.ask('nothing', '/public')).reason, 'no-policy-match');
});

test('conditions that did not change are compiled again when the bundles that they name do', async () => {
  const bundles = (...names: string[]) => {
    const file = new URL('unsigned.tar.gz', BUNDLES).pathname;
    return yaml(clusterConfig({ bundles: names.map((name) => ({ name, file })) }));
  };
  const byConfig = service('by-config', {
    isAnonymous: true,
    config: { upstream: { url: upstream.url } },
    dynamicConfig: {
      configs: [{ name: 'closed' }],
      rules: [{ condition: { none: { of: [{ opa: PUBLIC }] } }, configName: 'closed' }],
    },
  });
  const files = { 'cluster.yaml': bundles('other'), 'api.yaml': yaml(guarded('api', PUBLIC), byConfig) };
  const gateway = await GatewayProcess.start({ files });
  assert.match(gateway.stderr, /there is no bundle "authz" in spec\.opa\.bundles of the ClusterConfig/);
  const statuses = async () => {
    const [api, config] = [await gateway.ask('api', '/public'), await gateway.ask('by-config', '/public')];
    return [api.status, config.status];
  };
  assert.deepEqual(await statuses(), [503, 503]);
  await gateway.write('cluster.yaml', bundles('authz'));
  assert.deepEqual(await statuses(), [200, 200]);
  await gateway.write('cluster.yaml', bundles('other'));
  assert.deepEqual(await statuses(), [503, 503]);
});
