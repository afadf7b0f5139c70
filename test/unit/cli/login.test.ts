import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuthHost } from '../../../src/cli/login/auth-host.ts';
import { deviceLogin, tokenFor } from '../../../src/cli/login/device-login.ts';
import { freshLogin } from '../../../src/cli/login/fresh-login.ts';
import { readServer } from '../../../src/cli/login/server.ts';
import { TokenFile } from '../../../src/cli/login/token-file.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const LOGIN = { accessToken: 'ost_at_x', expiresAt: '2030-01-01T00:00:00.000Z' };

const PLACES: readonly (readonly [platform: NodeJS.Platform, env: Record<string, string>, place: string])[] = [
  ['linux', { HOME: '/home/a' }, '/home/a/.config/ostiary/tokens.json'],
  ['linux', { HOME: '/home/a', XDG_CONFIG_HOME: '/cfg' }, '/cfg/ostiary/tokens.json'],
  ['darwin', { HOME: '/Users/a' }, '/Users/a/Library/Application Support/ostiary/tokens.json'],
  ['win32', { HOME: '/u', APPDATA: '/roaming' }, '/roaming/ostiary/tokens.json'],
];

for (const [platform, env, place] of PLACES) {
  test(`tokens of ${platform} with ${Object.keys(env)} are in ${place}`, () => {
    assert.equal(new TokenFile({ env }, platform).path, join(place));
  });
}

test('tokens are kept by server, and only their owner may read them', () => {
  const file = new TokenFile({ env: { XDG_CONFIG_HOME: temporaryDirectory() } }, 'linux');
  assert.deepEqual([file.current, file.get('https://a.example')], [null, null]);
  file.put('https://a.example', LOGIN);
  chmodSync(file.path, 0o644);
  file.put('https://b.example', LOGIN);
  assert.equal(statSync(file.path).mode & 0o777, 0o600);
  assert.equal(statSync(join(file.path, '..')).mode & 0o777, 0o700);
  assert.deepEqual([file.current, file.get('https://a.example')], ['https://b.example', LOGIN]);
  file.remove('https://b.example');
  assert.deepEqual([file.current, file.get('https://b.example'), file.get('__proto__')], [null, null, null]);
});

test('a token never goes over the network in the clear', () => {
  assert.equal(readServer('example.com'), 'https://example.com');
  assert.equal(readServer('http://gate.localhost:8080/x'), 'http://gate.localhost:8080');
  for (const text of ['http://example.com', 'ftp://example.com', 'http://localhost.example.com', ':']) {
    assert.throws(() => readServer(text), { name: 'AppError' }, text);
  }
});

/** An auth host that answers what it is told. */
async function answering(
  status: number,
  value: unknown | (() => unknown),
): Promise<{ host: AuthHost } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(typeof value === 'function' ? value() : value));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = new AuthHost(`http://any.localhost:${(server.address() as AddressInfo).port}`);
  return { host, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test('nobody is sent to a page of somebody else', async () => {
  const begun = { device_code: 'x', user_code: 'y', verification_uri_complete: 'https://evil.example/device' };
  await using elsewhere = await answering(200, begun);
  await assert.rejects(
    deviceLogin(elsewhere.host, () => assert.fail('it was shown')),
    /names a page elsewhere/,
  );
});

test('what a server says moves no cursor', async () => {
  await using rude = await answering(400, { error: 'x', error_description: 'no\u001b[2J' });
  await assert.rejects(tokenFor(rude.host, LOGIN, 'api'), { message: 'the gateway refused: no?[2J' });
  await using odd = await answering(200, [1]);
  await assert.rejects(tokenFor(odd.host, LOGIN, 'api'), /has no access_token/);
});

const ENDED = { accessToken: 'ost_at_old', expiresAt: '2020-01-01T00:00:00.000Z', refreshToken: 'ost_rt_1' };
const RENEWED = { access_token: 'ost_at_new', token_type: 'Bearer', expires_in: 14_400, refresh_token: 'ost_rt_2' };

/** A file with a login at the host. */
function fileWith(host: AuthHost, login: object): TokenFile {
  const file = new TokenFile({ env: { XDG_CONFIG_HOME: temporaryDirectory() } }, 'linux');
  file.put(host.server, { ...ENDED, ...login });
  return file;
}

test('a login that is about to end is renewed once, by whichever process is first', async () => {
  let asked = 0;
  await using gateway = await answering(200, () => {
    asked++;
    return RENEWED;
  });
  const file = fileWith(gateway.host, {});
  const same = new TokenFile({ env: { XDG_CONFIG_HOME: join(file.path, '../..') } }, 'linux');
  const [one, other] = await Promise.all([freshLogin(file, gateway.host), freshLogin(same, gateway.host)]);
  assert.deepEqual([one.accessToken, other.accessToken, asked], ['ost_at_new', 'ost_at_new', 1]);
  assert.equal(file.get(gateway.host.server)?.refreshToken, 'ost_rt_2');
  assert.ok(!existsSync(`${file.path}.lock`));
  assert.equal((await freshLogin(file, gateway.host)).accessToken, 'ost_at_new');
  assert.equal(asked, 1, 'what is good for hours is not renewed');
});

test('a login whose session has ended is forgotten', async () => {
  await using gateway = await answering(400, { error: 'invalid_grant' });
  const file = fileWith(gateway.host, {});
  await assert.rejects(freshLogin(file, gateway.host), /nobody is signed in at .*: run ostiary login/);
  assert.equal(file.get(gateway.host.server), null);
});

test('without an answer the token that is kept is used for as long as it is good, and nothing is forgotten', async () => {
  const gateway = await answering(500, {});
  const soon = new Date(Date.now() + 60_000).toISOString();
  const file = fileWith(gateway.host, { expiresAt: soon });
  assert.equal((await freshLogin(file, gateway.host)).accessToken, 'ost_at_old');
  await gateway[Symbol.asyncDispose]();
  assert.equal((await freshLogin(file, gateway.host)).accessToken, 'ost_at_old');
  const ended = fileWith(gateway.host, {});
  await assert.rejects(freshLogin(ended, gateway.host), { code: 'unavailable' });
  assert.equal(ended.get(gateway.host.server)?.refreshToken, 'ost_rt_1');
});

test('a login of a gateway that gave no refresh token lasts as long as its token', async () => {
  await using gateway = await answering(500, {});
  const file = fileWith(gateway.host, {});
  file.put(gateway.host.server, LOGIN);
  assert.equal((await freshLogin(file, gateway.host)).accessToken, LOGIN.accessToken);
  file.put(gateway.host.server, { accessToken: 'x', expiresAt: ENDED.expiresAt });
  await assert.rejects(freshLogin(file, gateway.host), /nobody is signed in/);
});

test('a lock that a killed process left behind holds nobody up', async () => {
  await using gateway = await answering(200, RENEWED);
  const file = fileWith(gateway.host, {});
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(`${file.path}.lock`, String(pid));
  assert.equal((await freshLogin(file, gateway.host)).accessToken, 'ost_at_new');
});

test('a renewal changes nothing of other logins, and not which one was the last', async () => {
  await using gateway = await answering(200, RENEWED);
  const file = fileWith(gateway.host, {});
  file.put('https://other.example', LOGIN);
  await freshLogin(file, gateway.host);
  assert.deepEqual([file.current, file.get('https://other.example')], ['https://other.example', LOGIN]);
  assert.equal(statSync(file.path).mode & 0o777, 0o600);
  assert.ok(!readFileSync(file.path, 'utf8').includes('ost_rt_1'));
});
