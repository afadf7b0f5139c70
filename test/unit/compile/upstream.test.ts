import assert from 'node:assert/strict';
import { test } from 'node:test';
import { upstreamSpec } from '../../../src/compile/upstream.ts';
import { type OwnedUpstream, UpstreamRegistry } from '../../../src/compile/upstream-registry.ts';
import type { ServiceConfig } from '../../../src/model/index.ts';
import { DEFAULT_HEALTH_CHECK, DEFAULT_OUTLIER, DEFAULT_RETRY } from '../../../src/upstream/spec.ts';

const URL_ONLY: ServiceConfig = { upstream: { url: 'https://a.example' } };
const ENDPOINTS = [{ url: 'http://10.0.0.1', weight: 2 }, { url: 'http://10.0.0.2' }];

test('a config without an upstream has none', () => {
  assert.equal(upstreamSpec({}, 'HTTP'), null);
  assert.equal(upstreamSpec({ upstream: { timeouts: { total: '1m' } } }, 'HTTP'), null);
});

test('what is not written is not in the spec, so that equal configs share an upstream', () => {
  assert.deepEqual(upstreamSpec(URL_ONLY, 'HTTP'), { url: 'https://a.example', protocol: 'h1', tls: {}, timeouts: {} });
});

test('mode and isUpstreamHTTP2 say what is spoken', () => {
  const http2 = { ...URL_ONLY, http: { isUpstreamHTTP2: true } };
  assert.equal(upstreamSpec(http2, 'HTTP')?.protocol, 'h2-or-h1');
  assert.equal(upstreamSpec(http2, 'GRPC')?.protocol, 'h2');
  assert.equal(upstreamSpec(URL_ONLY, 'GRPC')?.protocol, 'h2');
});

test('durations become milliseconds', () => {
  const upstream = {
    url: 'http://a.example',
    timeouts: { connect: '5s', idle: { minutes: 1 } },
    limits: { keepAlive: '2m', pending: 3 },
  };
  const spec = upstreamSpec({ upstream, http: { retry: { initialInterval: '1s', maxRetries: 7 } } }, 'HTTP');
  assert.deepEqual(spec?.timeouts, { connect: 5000, idle: 60_000 });
  assert.deepEqual(spec?.limits, { keepAlive: 120_000, pending: 3 });
  assert.deepEqual(spec?.retry, { ...DEFAULT_RETRY, initialInterval: 1000, maxRetries: 7 });
});

test('load balancing is random by weight when nothing else is said', () => {
  const spec = upstreamSpec({ upstream: { loadbalance: { endpoints: ENDPOINTS } } }, 'HTTP');
  assert.deepEqual(spec?.balance, { endpoints: ENDPOINTS, policy: 'random' });
});

test('the fields of load balancing arrive, with what is left out filled in', () => {
  const loadbalance = {
    endpoints: ENDPOINTS,
    policy: 'HASH',
    hash: { source: 'USER' },
    healthCheck: { path: '/up', interval: '1s' },
    outlier: { maxEjectionTime: '1h' },
    slowStart: '30s',
  } as const;
  const { balance } = upstreamSpec({ upstream: { loadbalance: { ...loadbalance, endpoints: ENDPOINTS } } }, 'HTTP')!;
  assert.deepEqual(balance, {
    endpoints: ENDPOINTS,
    policy: 'hash',
    hash: { kind: 'user' },
    healthCheck: { ...DEFAULT_HEALTH_CHECK, kind: 'http', path: '/up', interval: 1000 },
    outlier: { ...DEFAULT_OUTLIER, maxEjectionTime: 3_600_000 },
    slowStart: 30_000,
  });
});

test('a default that is beyond what is given gives way to it', () => {
  const outlierOf = (outlier: object) =>
    upstreamSpec({ upstream: { loadbalance: { endpoints: ENDPOINTS, outlier } } }, 'HTTP')?.balance?.outlier;
  assert.equal(outlierOf({ ejectionTime: '10m' })?.maxEjectionTime, 600_000);
  assert.equal(outlierOf({ maxEjectionTime: '20s' })?.ejectionTime, 20_000);
  const retryOf = (retry: object) => upstreamSpec({ ...URL_ONLY, http: { retry } }, 'HTTP')?.retry;
  assert.equal(retryOf({ initialInterval: '6s' })?.maxInterval, 6000);
  assert.equal(retryOf({ maxInterval: '50ms' })?.initialInterval, 50);
  assert.deepEqual(retryOf({}), DEFAULT_RETRY);
});

test('the kind of health check follows from what is known, unless it is said', () => {
  const kind = (healthCheck: object, mode: 'HTTP' | 'GRPC') =>
    upstreamSpec({ upstream: { loadbalance: { endpoints: ENDPOINTS, healthCheck } } }, mode)?.balance?.healthCheck
      ?.kind;
  assert.equal(kind({}, 'HTTP'), 'tcp');
  assert.equal(kind({ path: '/up' }, 'HTTP'), 'http');
  assert.equal(kind({}, 'GRPC'), 'grpc');
  assert.equal(kind({ type: 'HTTP' }, 'GRPC'), 'http');
});

test('the older form of the client certificate wins', () => {
  const tls = { trustedCAs: ['new'], clientCertificate: { fromSecret: 'new' }, insecureSkipVerify: true };
  const { tls: both } = upstreamSpec(
    { ...URL_ONLY, tls, clientCertificate: { trustedCAs: ['old'], fromSecret: 'old' } },
    'HTTP',
  )!;
  assert.deepEqual(both, { trustedCAs: ['old'], clientCertificate: 'old', insecureSkipVerify: true });
  assert.equal(upstreamSpec({ ...URL_ONLY, tls }, 'HTTP')?.tls?.clientCertificate, 'new');
});

test('an upstream is started when its configuration goes live, and not before', () => {
  const started: string[] = [];
  const registry = new UpstreamRegistry(
    (name: string): OwnedUpstream => ({
      name,
      authority: name,
      start: () => void started.push(name),
      forward: () => assert.fail('nothing is sent'),
      converse: () => assert.fail('nothing is said'),
      close: async () => {},
    }),
  );
  const discarded = registry.lease();
  discarded.take('a');
  discarded.discard();
  const lease = registry.lease();
  lease.take('b');
  assert.deepEqual(started, []);
  lease.commit();
  assert.deepEqual(started, ['b']);
});
