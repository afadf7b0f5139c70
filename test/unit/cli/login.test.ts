import assert from 'node:assert/strict';
import { chmodSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { AuthHost } from '../../../src/cli/login/auth-host.ts';
import { deviceLogin, tokenFor } from '../../../src/cli/login/device-login.ts';
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
async function answering(status: number, value: unknown): Promise<{ host: AuthHost } & AsyncDisposable> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
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
