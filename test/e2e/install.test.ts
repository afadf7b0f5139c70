import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDemoCertificates } from '../../src/dev/demo-certificates.ts';
import { ostiary } from '../support/command.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { ask } from '../support/http-client.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { open, yaml } from '../support/resources.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const upstream = await RecordingUpstream.start('upstream');
const RESOURCES = yaml(open('api', upstream.url));

/** A file in a new directory; gives its path. */
function written(name: string, text: string): string {
  const path = join(temporaryDirectory(), name);
  writeFileSync(path, text);
  return path;
}

test('serve takes its settings from the file, variables go before it and flags before them', async () => {
  const resources = written('resources.yaml', RESOURCES);
  const config = written(
    'ostiary.yaml',
    `domain: of-the-file.localhost\nfiles: [${resources}]\naccessLog: /dev/null\n`,
  );
  const fromFile = await GatewayProcess.start({ args: ['-c', config], settings: 'ports' });
  assert.equal((await fromFile.ask('api.of-the-file.localhost')).status, 200);
  await fromFile.stop();
  assert.equal(fromFile.stdout, '');

  const env = { OSTIARY_DOMAIN: 'of-a-variable.localhost', OSTIARY_ACCESS_LOG: '-' };
  const fromVariable = await GatewayProcess.start({ args: ['-c', config], env, settings: 'ports' });
  assert.equal((await fromVariable.ask('api.of-a-variable.localhost')).status, 200);
  assert.equal((await fromVariable.ask('api.of-the-file.localhost')).status, 404);

  const fromFlag = await GatewayProcess.start({ args: ['-c', config], env });
  assert.equal((await fromFlag.ask(`api.${DOMAIN}`)).status, 200);
});

test('OSTIARY_FILES, OSTIARY_RESOLVE and OSTIARY_DATA do what their flags do', async () => {
  const authority = 'upstream.example.org';
  const env = {
    OSTIARY_FILES: written('resources.yaml', yaml(open('api', `http://${authority}:8080`))),
    OSTIARY_RESOLVE: `${authority}:8080:127.0.0.1:${upstream.port}`,
  };
  const gateway = await GatewayProcess.start({ env });
  assert.equal((await gateway.ask('api')).status, 200);
  assert.equal(upstream.last.headers.host, `${authority}:8080`);
  const listed = await ostiary(['get', 'service'], { env: { OSTIARY_DATA: gateway.data } });
  assert.deepEqual([listed.code, listed.err], [0, '']);
  assert.match(listed.out, /^api/m);
});

test('what it keeps in its data directory is readable for its own user only', async () => {
  const gateway = await GatewayProcess.start();
  const modeOf = (path: string) => statSync(path).mode & 0o777;
  assert.equal(modeOf(gateway.data), 0o700);
  for (const name of ['ostiary.db', 'keys.json', 'admin.sock']) {
    assert.equal(modeOf(join(gateway.data, name)), 0o600, name);
  }
});

test('a port that is taken is said so, and serve ends with 1', async () => {
  const gateway = await GatewayProcess.start();
  const data = join(temporaryDirectory(), 'data');
  const args = ['serve', '--listen', `127.0.0.1:${gateway.port}`, '--admin-listen', 'off', '--data', data];
  const { code, err } = await ostiary(args);
  assert.equal(code, 1);
  assert.match(err, new RegExp(`127.0.0.1:${gateway.port} cannot be listened on: another program uses it`));
});

test('a directory of plugins that is not there is said so, and nothing is served', async () => {
  const data = join(temporaryDirectory(), 'data');
  const plugins = written('no-directory', '');
  const common = ['serve', '--listen', '127.0.0.1:0', '--admin-listen', 'off', '--data', data];
  for (const [path, problem] of [
    [`${plugins}-absent`, 'there is no such file'],
    [plugins, 'it is no directory'],
  ] as const) {
    const { code, err } = await ostiary([...common, '--plugins', path]);
    assert.equal(code, 1);
    assert.ok(err.includes(path) && err.includes(problem), err);
  }
});

const EVERYWHERE = ['--admin-listen', '0.0.0.0:0'];
const WANTED = '--admin-listen-unauthenticated-on-any-address';

test('an admin listener that others can reach is refused unless it is wanted in so many words', async () => {
  const data = join(temporaryDirectory(), 'data');
  const { code, err } = await ostiary(['serve', '--listen', '127.0.0.1:0', ...EVERYWHERE, '--data', data]);
  assert.equal(code, 1);
  assert.match(err, /answers everyone who can reach it, without a password/);
  assert.match(err, new RegExp(WANTED));
  const gateway = await GatewayProcess.start({ args: [...EVERYWHERE, WANTED] });
  assert.match(gateway.stderr, /^ostiary: WARNING: the admin listener at 0\.0\.0\.0:0 answers everyone/m);
  assert.equal((await gateway.admin('/readyz')).status, 200);
});

test('a data directory that is in use is said so, with the way out', async () => {
  const gateway = await GatewayProcess.start();
  const { code, err } = await ostiary([
    'serve',
    '--listen',
    '127.0.0.1:0',
    '--admin-listen',
    'off',
    '--data',
    gateway.data,
  ]);
  assert.equal(code, 1);
  assert.match(err, /another gateway uses this data directory .*: stop it, or give another --data$/m);
});

test('a generation is live once there are listeners that serve it', async () => {
  const gateway = await GatewayProcess.start({ files: { 'a.yaml': RESOURCES } });
  const lines = gateway.stderr.trim().split('\n');
  assert.match(lines[0] ?? '', /generation 1 is live$/);
  const taken = ['--listen', `127.0.0.1:${gateway.port}`, '--admin-listen', 'off'];
  const data = join(temporaryDirectory(), 'data');
  const { err } = await ostiary(['serve', ...taken, '--data', data, '-f', gateway.directory]);
  assert.doesNotMatch(err, /is live/);
});

test('certificates are checked: an environment that says otherwise is refused', async () => {
  const { code, err } = await ostiary(['serve'], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  assert.equal(code, 1);
  assert.match(err, /NODE_TLS_REJECT_UNAUTHORIZED=0 is refused/);
});

test('--tls-cert and --tls-key: HTTPS, and cookies that browsers hold to this host', async () => {
  const host = `api.${DOMAIN}`;
  const { ca, cert, key } = createDemoCertificates([DOMAIN, host, `web.${DOMAIN}`]);
  const args = ['--tls-cert', written('cert.pem', cert), '--tls-key', written('key.pem', key)];
  const protectedService = {
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { mode: 'WEB', isPublic: true, config: { upstream: { url: upstream.url } } },
  };
  const secret = { kind: 'Secret', metadata: { name: 'client' }, spec: {}, data: { value: 'x' } };
  const oidc = { issuerURL: 'https://127.0.0.1:1', clientID: 'x', clientSecret: { fromSecret: 'client' } };
  const provider = { kind: 'IdentityProvider', metadata: { name: 'demo' }, spec: { oidc } };
  const files = { 'all.yaml': yaml(open('api', upstream.url), protectedService, secret, provider) };
  const gateway = await GatewayProcess.start({ files, args });
  assert.match(gateway.stderr, /listening on https:/);
  assert.equal((await ask(gateway.port, { host, ca })).status, 200);

  const page = await ask(gateway.port, {
    host: `web.${DOMAIN}`,
    ca,
    headers: { accept: 'text/html' },
  });
  assert.equal(page.status, 303, page.body);
  const cookies = page.headers['set-cookie'] ?? [];
  assert.ok(cookies.length > 0, 'no cookie binds the sign-in to this browser');
  for (const cookie of cookies) {
    assert.match(cookie, /^__Host-ostiary-/);
    for (const attribute of [/; Secure/i, /; HttpOnly/i, /; Path=\//i]) assert.match(cookie, attribute);
    assert.doesNotMatch(cookie, /; Domain/i);
  }
  // The same port does not speak plain HTTP.
  await assert.rejects(ask(gateway.port, { host }));
});
