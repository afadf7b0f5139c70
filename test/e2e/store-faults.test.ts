import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BrowserAnswer, CookieBrowser } from '../support/cookie-browser.ts';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { RecordingUpstream } from '../support/recording-upstream.ts';
import { ALLOW_ALL, service, yaml } from '../support/resources.ts';
import { SignInWorld } from '../support/sign-in-world.ts';

const upstream = await RecordingUpstream.start('upstream');

/** Without it the system's signal about a file that grows too large would end the process. */
const SURVIVES = `process.on('SIGXFSZ', () => {});`;

/** No file of the process grows beyond so many bytes any more: what a full disk is to it. */
function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}

test('with a full disk nobody signs in, whoever is signed in goes on, and it passes by itself', async () => {
  const world = await SignInWorld.start(
    yaml(ALLOW_ALL, service('app', { mode: 'WEB', config: { upstream: { url: upstream.url } } })),
    [],
    { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SURVIVES)}` },
  );
  const { pid } = world.gateway;
  const app = world.url('app');
  const alice = await world.signedIn(app, 'alice');
  limitFiles(pid, 1);
  const bob = new CookieBrowser();
  mustBeRefused(await world.signIn(bob, app, 'bob'));
  assert.equal(bob.cookie(DOMAIN, 'ostiary-session'), null);
  assert.equal((await bob.step(app)).status, 303);
  assert.equal((await alice.step(app)).status, 200);
  mustBeRefused(await alice.copy().submit(world.url('app', '/.ostiary/sign-out')));
  limitFiles(pid, 'unlimited');
  assert.equal((await alice.step(app)).status, 200, 'a sign-out that was not promised');
  assert.equal((await bob.get(app)).status, 200, 'whom the provider remembers');
  assert.equal((await alice.submit(world.url('app', '/.ostiary/sign-out'))).status, 303);
  assert.equal((await alice.step(app)).status, 303);
  assert.equal(await world.gateway.stop(), 0);
});

/** In words, with the id that the log knows it by. */
function mustBeRefused({ status, headers, body }: BrowserAnswer): void {
  assert.ok(status >= 500, `${status}`);
  assert.ok(body.includes(String(headers['x-ostiary-request-id'])), body);
  assert.deepEqual(headers['set-cookie'] ?? [], []);
}

const DAMAGES: Readonly<Record<string, (database: Buffer) => Buffer>> = {
  'something else': () => Buffer.from('no database at all, but long enough to have been one'.repeat(100)),
  'damaged from its first page on': (database) => database.fill(0xa5, 100, 4096),
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`a database that is ${what} is said to be so, and nothing is served`, async () => {
    const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(ALLOW_ALL) } });
    await gateway.stop();
    const file = join(gateway.data, 'ostiary.db');
    writeFileSync(file, damage(readFileSync(file)));
    for (const companion of ['-wal', '-shm']) rmSync(file + companion, { force: true });
    await assert.rejects(gateway.again(), /ended with 1:\nostiary: the (store|database) cannot be used/);
  });
}
