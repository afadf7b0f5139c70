import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestHead } from '../../../src/gateway/exchange.ts';
import type { CompiledService } from '../../../src/gateway/snapshot.ts';
import { run } from './in-memory.ts';

const UPGRADE = { upgrade: 'websocket' } as const;

function resource(allowedOrigins: readonly string[]): CompiledService['resource'] {
  const webSocket = { allowedOrigins: [...allowedOrigins] };
  const spec: CompiledService['resource']['spec'] = { mode: 'HTTP', config: { http: { webSocket } } };
  return { kind: 'Service', metadata: { name: 'app' }, spec };
}

async function ask(
  origins: readonly string[],
  request: Partial<Omit<RequestHead, 'headers'>> = UPGRADE,
  allowed = resource([]),
) {
  const headers = origins.map((origin) => ['origin', origin] as const);
  let asked = 0;
  const identify = () => {
    asked++;
    return { kind: 'not-responsible' } as const;
  };
  const ran = await run({ request, headers, service: { anonymous: false, resource: allowed }, parts: { identify } });
  return { reason: ran.x.refusal?.reason, asked, seen: ran.seen };
}

test('a program that is no browser sends no Origin and goes on', async () => {
  assert.equal((await ask([])).reason, 'unauthenticated');
});

test('a page of the same origin goes on', async () => {
  assert.equal((await ask(['https://app.example.com'])).reason, 'unauthenticated');
});

test('a port that is not the usual one is a part of the origin', async () => {
  const request = { ...UPGRADE, authority: 'app.example.com:8443' };
  assert.equal((await ask(['https://app.example.com:8443'], request)).reason, 'unauthenticated');
  assert.equal((await ask(['https://app.example.com'], request)).reason, 'origin-refused');
});

const FOREIGN: readonly (readonly string[])[] = [
  ['https://evil.example'],
  ['http://app.example.com'],
  ['https://app.example.com.evil.example'],
  ['https://other.example.com'],
  ['null'],
  [''],
  ['https://app.example.com/'],
  ['https://app.example.com', 'https://app.example.com'],
];

for (const origins of FOREIGN) {
  test(`${JSON.stringify(origins)} is refused before anybody is identified`, async () => {
    assert.deepEqual(await ask(origins), { reason: 'origin-refused', asked: 0, seen: [] });
  });
}

test('further origins are those that the Service names, exactly', async () => {
  const allowed = resource(['https://pages.example.org']);
  assert.equal((await ask(['https://pages.example.org'], UPGRADE, allowed)).reason, 'unauthenticated');
  assert.equal((await ask(['https://pages.example.org:444'], UPGRADE, allowed)).reason, 'origin-refused');
});

test('other requests are not asked for their Origin', async () => {
  assert.equal((await ask(['https://evil.example'], {})).reason, 'unauthenticated');
});

test('a tunnel is never buffered, whatever the Service buffers', async () => {
  const { seen, x } = await run({
    request: UPGRADE,
    service: { buffering: { limit: 1, json: true } },
    body: 'bytes of the tunnel',
  });
  assert.equal(seen[0]?.body, 'bytes of the tunnel');
  assert.equal(x.buffered, null);
});
