import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isForwardingField } from '../../src/gateway/forwarded.ts';
import { get, type Recorder, startRecorder, statusOf } from './support.ts';

/** R24-R27: no client says who it is, or where it comes from, in a field that upstreams believe. */
let recorder: Recorder;
let behindProxy: Recorder;
before(async () => {
  recorder = await startRecorder();
  behindProxy = await startRecorder({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
});
after(async () => {
  await recorder[Symbol.asyncDispose]();
  await behindProxy[Symbol.asyncDispose]();
});

const HOST = 'Host: a.example';

const SPOOFED: readonly string[] = [
  'X-Ostiary-User',
  'x-ostiary-user',
  'X-OSTIARY-GROUPS',
  'X-Ostiary-Jwt',
  'X_Ostiary_User',
  'X-Ostiary_User',
  'x_ostiary-auth',
  'X-Octelium-Session-Uid',
  'X-Envoy-External-Address',
  'X-Forwarded-Client-Cert',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Request-Id',
  'X_Forwarded_For',
  'X_Real_IP',
  'X-Forwarded_User',
  'Remote_User',
  'X_Any_Thing',
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Forwarded-Prefix',
  'X-Forwarded-Uri',
  'X-Forwarded-User',
  'X-Forwarded-Email',
  'X-Forwarded-Groups',
  'X-Forwarded',
  'Forwarded-For',
  'True-Client-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'X-Original-URI',
  'X-Original-Host',
  'Proxy',
  'Proxy-Connection',
  'X-Real-IP',
];

for (const name of SPOOFED) {
  test(`${name} of a client is gone (CVE-2025-64484, CVE-2026-39858)`, async () => {
    assert.equal(statusOf(await get(recorder.port, '/', [HOST, `${name}: evil`, 'X-Kept: yes'])), 200);
    assert.deepEqual([...recorder.heads.at(-1)!.headers], [['x-kept', 'yes']]);
  });
}

test('our own token header is kept for identification', async () => {
  await get(recorder.port, '/', [HOST, 'X-Ostiary-Auth: token']);
  assert.equal(recorder.heads.at(-1)?.headers.get('x-ostiary-auth'), 'token');
});

test('an untrusted peer changes neither the client address nor the scheme (CVE-2026-40575, GHSA-vhr5-ggp3-qq85)', async () => {
  await get(recorder.port, '/', [
    HOST,
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil',
  ]);
  const head = recorder.heads.at(-1);
  assert.equal(head?.clientAddress, '127.0.0.1');
  assert.equal(head?.scheme, 'http');
  assert.equal(head?.host, 'a.example');
});

/** A proxy in front passes on what it does not know, so its being trusted makes none of these true. */
const NEVER_BELIEVED = SPOOFED.filter((name) => !isForwardingField(name.toLowerCase()));

for (const name of NEVER_BELIEVED) {
  test(`${name} is gone behind a trusted proxy as well`, async () => {
    await get(behindProxy.port, '/', [HOST, `${name}: evil`, 'X-Kept: yes']);
    assert.deepEqual([...behindProxy.heads.at(-1)!.headers], [['x-kept', 'yes']]);
  });
}

const ADDRESSES: readonly (readonly [fields: readonly string[], address: string])[] = [
  [[], '127.0.0.1'],
  [['203.0.113.9'], '203.0.113.9'],
  [['198.51.100.1, 203.0.113.9'], '203.0.113.9'],
  [['198.51.100.1', '203.0.113.9'], '203.0.113.9'],
  [['198.51.100.1, 203.0.113.9, 10.1.1.1'], '203.0.113.9'],
  [['203.0.113.9:4711'], '203.0.113.9'],
  [['[2001:db8::1]:4711'], '2001:db8::1'],
  [['2001:db8::1'], '2001:db8::1'],
  [['::ffff:203.0.113.9'], '203.0.113.9'],
  [['203.0.113.9, nonsense'], '127.0.0.1'],
  [['203.0.113.9, nonsense, 10.1.1.1'], '10.1.1.1'],
  [['10.2.2.2, 10.1.1.1'], '10.2.2.2'],
  [[''], '127.0.0.1'],
];

for (const [fields, address] of ADDRESSES) {
  test(`behind a trusted proxy, X-Forwarded-For ${JSON.stringify(fields)} is ${address}`, async () => {
    await get(behindProxy.port, '/', [HOST, ...fields.map((value) => `X-Forwarded-For: ${value}`)]);
    assert.equal(behindProxy.heads.at(-1)?.clientAddress, address);
  });
}

test('a trusted proxy states the scheme; two statements are none', async () => {
  await get(behindProxy.port, '/', ['Host: a.example:443', 'X-Forwarded-Proto: https']);
  assert.equal(behindProxy.heads.at(-1)?.scheme, 'https');
  assert.equal(behindProxy.heads.at(-1)?.authority, 'a.example');
  for (const fields of [['ftp'], ['https, http'], ['https', 'http'], ['']]) {
    const stated = fields.map((value) => `X-Forwarded-Proto: ${value}`);
    assert.equal(statusOf(await get(behindProxy.port, '/', [HOST, ...stated])), 400, JSON.stringify(fields));
  }
});

test('a trusted proxy does not state the host, and still none of our own names', async () => {
  await get(behindProxy.port, '/', [
    HOST,
    'X-Forwarded-Host: evil.example',
    'X-Ostiary-User: root',
    'X-Forwarded-Client-Cert: x',
  ]);
  const head = behindProxy.heads.at(-1);
  assert.equal(head?.host, 'a.example');
  assert.deepEqual([...head!.headers], [['x-forwarded-host', 'evil.example']]);
});
