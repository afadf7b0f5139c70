import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../../src/base/errors.ts';
import { proxyFor, proxySettings } from '../../../../src/upstream/connect/outbound-proxy.ts';

const PROXY = 'http://proxy.example:3128';

function via(url: string, env: Record<string, string>): string {
  const proxy = proxyFor(new URL(url), proxySettings(env));
  return proxy === null ? 'direct' : `${proxy.secure ? 'https' : 'http'} ${proxy.host} ${proxy.port}`;
}

const EXCEPTIONS: readonly (readonly [noProxy: string, url: string, direct: boolean])[] = [
  ['', 'http://a.example', false],
  ['*', 'http://a.example', true],
  ['a.example', 'http://a.example', true],
  ['a.example', 'http://b.a.example', true],
  ['a.example', 'http://ba.example', false],
  ['A.Example', 'http://a.example', true],
  ['.a.example', 'http://a.example', false],
  ['.a.example', 'http://b.a.example', true],
  ['*.a.example', 'http://b.a.example', true],
  ['*.a.example', 'http://a.example', false],
  ['a.example:8080', 'http://a.example', false],
  ['a.example:8080', 'http://a.example:8080', true],
  ['a.example:80', 'http://a.example', true],
  ['a.example:443', 'https://a.example', true],
  ['x, a.example b.example', 'http://b.example', true],
  ['10.0.0.0/8', 'http://10.1.2.3', true],
  ['10.0.0.0/8', 'http://11.1.2.3', false],
  ['192.0.2.7', 'http://192.0.2.7:81', true],
  ['192.0.2.7:81', 'http://192.0.2.7:81', true],
  ['192.0.2.7:81', 'http://192.0.2.7', false],
  ['0.2.7', 'http://192.0.2.7', false],
  ['2001:db8::/32', 'http://[2001:db8::1]', true],
  ['[2001:db8::1]:81', 'http://[2001:db8::1]:81', true],
  ['', 'http://localhost:3000', true],
  ['', 'http://app.localhost', true],
  ['', 'http://127.0.0.1:3000', true],
  ['', 'http://127.9.9.9', true],
  ['', 'http://[::1]:3000', true],
  ['', 'http://localhost.example', false],
];

for (const [noProxy, url, direct] of EXCEPTIONS) {
  test(`no_proxy="${noProxy}": ${url} is reached ${direct ? 'directly' : 'through the proxy'}`, () => {
    const env = { http_proxy: PROXY, https_proxy: PROXY, no_proxy: noProxy };
    assert.equal(via(url, env), direct ? 'direct' : 'http proxy.example 3128');
  });
}

test('each scheme has its own variable', () => {
  assert.equal(via('http://a.example', { http_proxy: 'http://one:1', https_proxy: 'https://two' }), 'http one 1');
  assert.equal(via('https://a.example', { http_proxy: 'http://one:1', https_proxy: 'https://two' }), 'https two 443');
  assert.equal(via('https://a.example', { http_proxy: 'http://one:1' }), 'direct');
  assert.equal(via('http://a.example', { http_proxy: 'one:1' }), 'http one 1');
  assert.equal(via('http://a.example', { http_proxy: 'http://[::2]:1' }), 'http ::2 1');
});

test('lower case wins, and HTTP_PROXY is a request header where a request is in the environment (httpoxy)', () => {
  assert.equal(via('http://a.example', { http_proxy: 'http://low:1', HTTP_PROXY: 'http://up:1' }), 'http low 1');
  assert.equal(via('http://a.example', { HTTP_PROXY: 'http://up:1' }), 'http up 1');
  assert.equal(via('http://a.example', { HTTP_PROXY: 'http://up:1', REQUEST_METHOD: 'GET' }), 'direct');
  assert.equal(via('https://a.example', { HTTPS_PROXY: 'http://up:1', REQUEST_METHOD: 'GET' }), 'http up 1');
  assert.equal(via('http://a.example', { http_proxy: PROXY, NO_PROXY: 'a.example' }), 'direct');
});

test('a user in the URL becomes a credential', () => {
  const { https } = proxySettings({ https_proxy: 'http://us%40er:p%3Aw@proxy.example:3128' });
  assert.equal(https?.authorization, `Basic ${Buffer.from('us@er:p:w').toString('base64')}`);
  assert.equal(proxySettings({ https_proxy: PROXY }).https?.authorization, null);
});

test('what is no proxy is refused, and its password is not repeated', () => {
  for (const value of ['socks5://u:hunter2@p:1', 'ftp://u:hunter2@p', 'http://u:hunter2@', 'http://u:hunter2%zz@p:1']) {
    assert.throws(
      () => proxySettings({ https_proxy: value }),
      (error) => error instanceof AppError && error.code === 'usage' && !error.message.includes('hunter2'),
    );
  }
});
