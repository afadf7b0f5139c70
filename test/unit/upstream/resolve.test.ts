import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { ResolveTable } from '../../../src/upstream/resolve.ts';
import { DEFAULT_RETRY, originOf, upstreamKey } from '../../../src/upstream/spec.ts';

test('an entry replaces exactly its host and port', () => {
  const table = new ResolveTable(['Api.Example.com:443:127.0.0.1:8443']);
  assert.deepEqual(table.dial('api.example.com', 443), { host: '127.0.0.1', port: 8443 });
  assert.deepEqual(table.dial('API.example.com', 443), { host: '127.0.0.1', port: 8443 });
  assert.deepEqual(table.dial('api.example.com', 80), { host: 'api.example.com', port: 80 });
  assert.deepEqual(table.dial('example.com', 443), { host: 'example.com', port: 443 });
});

test('IPv6 addresses stand in brackets, on both sides', () => {
  const table = new ResolveTable(['[2001:db8::1]:443:[::1]:8443']);
  assert.deepEqual(table.dial('2001:db8::1', 443), { host: '::1', port: 8443 });
});

test('malformed entries are refused', () => {
  const wrong = [
    '',
    'a',
    'a:443',
    'a:443:b',
    'a:443:b:',
    ':443:b:1',
    'a:443::1',
    'a:0:b:1',
    'a:443:b:65536',
    'a:x:b:1',
  ];
  for (const entry of [...wrong, 'a:443:b:1:2', 'a:443:[::1:1', 'a:443:[b]:1', 'a:443:::1:1']) {
    assert.throws(
      () => new ResolveTable([entry]),
      (error) => error instanceof AppError && error.code === 'usage',
      entry,
    );
  }
});

test('an upstream URL has a scheme that is served and names no user', () => {
  assert.equal(originOf('https://A.example:443/path?q').url.origin, 'https://a.example');
  for (const url of [
    '',
    'a.example',
    'ftp://a.example',
    'gopher://a.example',
    '//a.example',
    'http://user@a.example',
    'http://u:p@a.example',
  ]) {
    assert.throws(
      () => originOf(url),
      (error) => error instanceof AppError && error.code === 'invalid',
      url,
    );
  }
  assert.throws(
    () => originOf('http://user:marker@a.example'),
    (error: Error) => !error.message.includes('marker'),
  );
});

test('schemes say what goes over the wire', () => {
  const wire = (text: string) => {
    const { url, http2 } = originOf(text);
    return [url.origin, http2];
  };
  assert.deepEqual(wire('ws://a.example'), ['http://a.example', false]);
  assert.deepEqual(wire('WSS://a.example:8443/x'), ['https://a.example:8443', false]);
  assert.deepEqual(wire('h2c://a.example'), ['http://a.example', true]);
  assert.deepEqual(wire('grpc://A.example:50051'), ['http://a.example:50051', true]);
});

test('equal upstreams have equal keys', () => {
  const key = upstreamKey({ url: 'https://a.example' });
  assert.equal(upstreamKey({ url: 'https://A.example:443/x', tls: {}, timeouts: { connect: 5000 } }), key);
  const others = [
    { url: 'http://a.example' },
    { url: 'https://a.example:444' },
    { url: 'https://a.example', tls: { insecureSkipVerify: true } },
    { url: 'https://a.example', tls: { trustedCAs: ['x'] } },
    { url: 'https://a.example', timeouts: { idle: 1 } },
    { url: 'https://a.example', limits: { pending: 1 } },
    { url: 'https://a.example', protocol: 'h2' as const },
    { url: 'https://a.example', retry: DEFAULT_RETRY },
    { url: 'https://a.example', tls: { clientCertificate: 'robot' } },
    { url: 'h2c://a.example' },
    { balance: { endpoints: [{ url: 'https://a.example' }], policy: 'random' as const } },
    { balance: { endpoints: [{ url: 'https://a.example' }], policy: 'random' as const, slowStart: 1 } },
    { balance: { endpoints: [{ url: 'https://a.example', weight: 2 }], policy: 'random' as const } },
  ];
  assert.equal(new Set([key, ...others.map(upstreamKey)]).size, others.length + 1);
});
