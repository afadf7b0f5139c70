import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { readTar } from '../../../../policies/rego/tar.ts';
import { SecretValue } from '../../../../src/base/secret-value.ts';
import { Supply } from '../../../../src/main/opa/supply.ts';
import type { OpaBundle } from '../../../../src/model/index.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { until } from '../../../support/until.ts';

const FIXTURES = new URL('../../../fixtures/opa-bundles/', import.meta.url);
const bytesOf = (name: string) => readFileSync(new URL(name, FIXTURES));
const RSA = bytesOf('rsa.pub.pem').toString();

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface World {
  readonly supply: Supply;
  readonly warnings: string[];
  readonly data: string;
  readonly secrets: Map<string, string>;
}

function world(downloads = true, data = temporaryDirectory()): World {
  const warnings: string[] = [];
  const secrets = new Map<string, string>();
  const openSecret = (name: string) => (secrets.has(name) ? new SecretValue(secrets.get(name)!) : null);
  const supply = new Supply({ data, openSecret, downloads, warn: (message) => warnings.push(message) });
  after(() => supply.close());
  return { supply, warnings, data, secrets };
}

function fileWith(name: string): string {
  const file = join(temporaryDirectory(), 'bundle.tar.gz');
  copyFileSync(new URL(name, FIXTURES), file);
  return file;
}

const revision = ({ supply }: World) => supply.status()[0]?.revision;
const problem = ({ supply }: World) => supply.status()[0]?.problem;

function start(at: World, bundle: Omit<OpaBundle, 'name'>): void {
  at.supply.serve(at.supply.sourcesOf({ bundles: [{ name: 'authz', ...bundle }] }));
}

test('the same settings give the same sources, others keep the bundles that did not change', () => {
  const { supply } = world();
  const [one, two] = [fileWith('unsigned.tar.gz'), fileWith('unsigned.tar.gz')];
  const both = { bundles: [one, two].map((file, i) => ({ name: `b${i}`, file })) };
  const sources = supply.sourcesOf(both);
  supply.serve(sources);
  assert.equal(supply.sourcesOf(structuredClone(both)), sources);
  const fewer = supply.sourcesOf({ bundles: both.bundles.slice(1) });
  assert.notEqual(fewer, sources);
  assert.equal(fewer.bundles.get('b1'), sources.bundles.get('b1'));
});

test('a file that is spoilt or goes away leaves the last good bundle, with a warning, once', async () => {
  const at = world();
  const file = fileWith('unsigned.tar.gz');
  start(at, { file });
  assert.deepEqual([revision(at), problem(at)], ['rev-1', null]);
  writeFileSync(file, 'garbage');
  await until('the warning', () => at.warnings.length === 1);
  assert.match(at.warnings[0] ?? '', /^OPA bundle authz: .*archive.*; the last good one stays$/);
  assert.equal(revision(at), 'rev-1');
  rmSync(file);
  await until('the next', () => at.warnings.length === 2);
  copyFileSync(new URL('es256.tar.gz', FIXTURES), file);
  await until('the new bundle', () => revision(at) === 'rev-2' && problem(at) === null);
});

test('a directory is a bundle', () => {
  const directory = temporaryDirectory();
  for (const { name, bytes } of readTar(gunzipSync(bytesOf('unsigned.tar.gz')))) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), bytes);
  }
  const at = world();
  start(at, { file: directory });
  assert.equal(revision(at), 'rev-1');
});

test('a bundle that is not signed is refused where a signature is required, and a signed one is not', () => {
  const at = world();
  start(at, { file: fileWith('unsigned.tar.gz'), verification: { publicKey: RSA } });
  assert.match(problem(at) ?? '', /not signed/);
  start(at, { file: fileWith('rs256.tar.gz'), verification: { publicKey: RSA } });
  assert.equal(problem(at), null);
});

test('a key in a Secret is waited for', async () => {
  const at = world();
  start(at, { file: fileWith('rs256.tar.gz'), verification: { fromSecret: 'key' } });
  assert.match(problem(at) ?? '', /the key that verifies it is not there/);
  at.secrets.set('key', RSA);
  await until('the key', () => problem(at) === null);
});

test('the token goes along, its Secret being there, and into no message', async () => {
  const tokens: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    tokens.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === 'Bearer t0ken' ? 200 : 401);
    response.end(bytesOf('rs256.tar.gz'));
  });
  const at = world();
  const polling = { minDelay: '10ms', maxDelay: '20ms' };
  start(at, { url, token: { fromSecret: 'token' }, polling });
  await until('the failure', () => /token is not there/.test(problem(at) ?? ''));
  assert.deepEqual(tokens, []);
  at.secrets.set('token', 'wrong');
  await until('the refusal', () => /status 401/.test(problem(at) ?? ''));
  at.secrets.set('token', 'bad\ntoken');
  await until('the bad field', () => /header/i.test(problem(at) ?? ''));
  at.secrets.set('token', 't0ken');
  await until('the bundle', () => revision(at) === 'rev-1' && problem(at) === null);
  assert.doesNotMatch(at.warnings.join('\n'), /wrong|bad|t0ken/);
});

test('a server that sends too much, nothing, or something else', async () => {
  for (const [handler, message] of [
    [(_: IncomingMessage, response: ServerResponse) => void response.writeHead(302, { location: '/' }).end(), /302/],
    [(request: IncomingMessage) => void request.socket.destroy(), /hang up|reset/i],
    [(_: IncomingMessage, response: ServerResponse) => void response.writeHead(304).end(), /304/],
  ] as const) {
    const at = world();
    start(at, { url: await serve(handler) });
    await until('the failure', () => message.test(problem(at) ?? ''));
  }
});

test('a process that does not download reads what the other one has kept', async () => {
  const url = await serve((_, response) => void response.end(bytesOf('rs256.tar.gz')));
  const one = world();
  const other = world(false, one.data);
  start(other, { url });
  assert.match(problem(other) ?? '', /not downloaded yet/);
  start(one, { url });
  await until('the bundle there', () => revision(other) === 'rev-1' && problem(other) === null);
});

test('what was kept is verified again: the key may be another one now', async () => {
  const url = await serve((_, response) => void response.end(bytesOf('rs256.tar.gz')));
  const before = world();
  start(before, { url });
  await until('the bundle', () => revision(before) === 'rev-1');
  before.supply.close();
  const after = world(true, before.data);
  start(after, { url, verification: { publicKey: RSA, scope: 'production' } });
  assert.equal(revision(after), null);
  assert.match(problem(after) ?? '', /scope/);
});

/** Two bundles of one server, both kept on disk. */
async function downloaded(): Promise<{ readonly at: World; readonly settings: OpaBundle[]; kept(): string[] }> {
  const url = await serve((_, response) => void response.end(bytesOf('unsigned.tar.gz')));
  const settings = ['one', 'two'].map((name) => ({ name, url: `${url}/${name}.tar.gz` }));
  const at = world();
  at.supply.serve(at.supply.sourcesOf({ bundles: settings }));
  const kept = () => readdirSync(join(at.data, 'opa'));
  await until('both', () => existsSync(join(at.data, 'opa')) && kept().length === 2);
  return { at, settings, kept };
}

test('what was kept of a bundle goes once a configuration serves that no longer names it', async () => {
  const { at, settings, kept } = await downloaded();
  const before = kept();
  const fewer = at.supply.sourcesOf({ bundles: settings.slice(1) });
  at.supply.prune();
  assert.deepEqual(kept(), before, 'the other configuration does not serve yet');
  at.supply.serve(fewer);
  at.supply.prune();
  assert.deepEqual(
    kept().map((name) => name.replace(/-.*/, '')),
    ['two'],
  );
  const again = world(true, at.data);
  start(again, { url: settings[1]!.url! });
  again.supply.prune();
  assert.deepEqual(kept(), [], 'another name is another bundle');
});

test('files that were put there by somebody else stay, what was left half-written goes', async () => {
  const { at, settings, kept } = await downloaded();
  const foreign = ['notes.txt', 'mine.bundle', 'one-0123456789abcdef.bundle.bak'];
  for (const name of [...foreign, 'one-0123456789abcdef.bundle', 'one-0123456789abcdef.bundle.00ff00ff00ff'])
    writeFileSync(join(at.data, 'opa', name), '');
  at.supply.serve(at.supply.sourcesOf({ bundles: settings.slice(1) }));
  at.supply.prune();
  assert.deepEqual(
    kept()
      .filter((name) => !name.startsWith('two-'))
      .sort(),
    foreign.toSorted(),
  );
});

test('only the process that downloads removes anything', async () => {
  const { at, kept } = await downloaded();
  const worker = world(false, at.data);
  worker.supply.serve(worker.supply.sourcesOf({}));
  worker.supply.prune();
  assert.equal(kept().length, 2);
});

test('an answer that comes after its bundle was taken out of the configuration is not kept', async () => {
  let answer = () => {};
  const url = await serve((_, response) => {
    answer = () => void response.end(bytesOf('unsigned.tar.gz'));
    asked();
  });
  const { promise, resolve: asked } = Promise.withResolvers<void>();
  const at = world();
  start(at, { url });
  await promise;
  const old = at.supply.sourcesOf({ bundles: [{ name: 'authz', url }] }).bundles.get('authz')!;
  at.supply.serve(at.supply.sourcesOf({}));
  at.supply.prune();
  answer();
  // by the time that a later question is answered the earlier one is too
  const other = await serve((_, response) => void response.end(bytesOf('unsigned.tar.gz')));
  start(at, { url: other });
  await until('the other bundle', () => revision(at) === 'rev-1');
  assert.equal(old.current, null);
  assert.equal(readdirSync(join(at.data, 'opa')).length, 1);
});
