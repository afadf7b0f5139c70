import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { listen } from '../../../src/downstream/listener.ts';
import { RedirectKernel } from '../../../src/downstream/redirect.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import type { UnparsedRequest } from '../../../src/gateway/kernel.ts';
import { send, snapshotWith, statusOf } from '../../security/support.ts';

interface Redirecting extends AsyncDisposable {
  readonly port: number;
  readonly settled: Exchange[];
  readonly unparsed: UnparsedRequest[];
}

async function start(httpsPort: number): Promise<Redirecting> {
  const settled: Exchange[] = [];
  const unparsed: UnparsedRequest[] = [];
  const serves = (host: string) => host === 'app.example' || host.endsWith('.wild.example');
  const snapshot = { ...snapshotWith([]), domain: 'auth.example', routes: { ...snapshotWith([]).routes, serves } };
  const observer = {
    settled: (x: Exchange) => settled.push(x),
    unparsed: (one: UnparsedRequest) => unparsed.push(one),
  };
  const listener = await listen({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    snapshot: () => snapshot,
    kernel: new RedirectKernel({ clock: systemClock, port: httpsPort, observers: [observer] }),
  });
  return { port: listener.address.port, settled, unparsed, [Symbol.asyncDispose]: () => listener.close() };
}

function ask(port: number, host: string, target = '/', method = 'GET'): Promise<string> {
  return send(port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
}

function locationOf(answer: string): string | undefined {
  return /^location: (.*)\r$/im.exec(answer)?.[1];
}

const TARGETS: readonly (readonly [host: string, target: string, location: string])[] = [
  ['app.example', '/', 'https://app.example/'],
  ['APP.example.:8080', '/a/../b?c=d', 'https://app.example/b?c=d'],
  ['app.example', '/%41%2e?x=%0d%0a', 'https://app.example/A.?x=%0d%0a'],
  ['auth.example', '/sign-in', 'https://auth.example/sign-in'],
  ['x.wild.example', '/', 'https://x.wild.example/'],
  ['app.example', 'http://app.example/y', 'https://app.example/y'],
];

for (const [host, target, location] of TARGETS) {
  test(`${target} of ${host} is found at ${location}`, async () => {
    await using redirecting = await start(443);
    const answer = await ask(redirecting.port, host, target);
    assert.equal(statusOf(answer), 308);
    assert.equal(locationOf(answer), location);
    assert.match(answer, /^cache-control: no-store\r$/im);
    assert.doesNotMatch(answer, /strict-transport-security/i);
  });
}

test('another port than that of HTTPS is said, and the method stays', async () => {
  await using redirecting = await start(8443);
  const answer = await ask(redirecting.port, 'app.example', '/form', 'POST');
  assert.deepEqual([statusOf(answer), locationOf(answer)], [308, 'https://app.example:8443/form']);
});

for (const [host, target, status] of [
  ['evil.example', '/', 404],
  ['app.example.evil.example', '/', 404],
  ['app.example', '//evil.example/..%2f', 400],
  ['app.example@evil.example', '/', 400],
  ['app.example', '/\\evil.example', 400],
  ['app.example', 'http://evil.example/', 421],
  ['evil.example', 'http://app.example/', 421],
] as const) {
  test(`nobody is sent elsewhere by ${target} of ${host}`, async () => {
    await using redirecting = await start(443);
    const answer = await ask(redirecting.port, host, target);
    assert.equal(statusOf(answer), status);
    assert.equal(locationOf(answer), undefined);
  });
}

test('redirects and refusals are told like any request', async () => {
  await using redirecting = await start(443);
  await ask(redirecting.port, 'app.example');
  await ask(redirecting.port, 'evil.example');
  await ask(redirecting.port, 'bad host');
  const { settled, unparsed } = redirecting;
  assert.deepEqual(
    settled.map(({ response, refusal }) => [response!.status, refusal?.reason]),
    [
      [308, undefined],
      [404, 'no-route'],
    ],
  );
  assert.equal(unparsed.length, 1);
});
