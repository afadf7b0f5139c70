import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const guarded = (name: string, referrer: object) =>
  open(
    name,
    upstream.url,
    {},
    { plugins: [{ name: 'one', phase: 'PRE_AUTH', condition: { matchAny: true }, referrer }] },
  );

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      guarded('listed', { allow: ['good.example', '*.good.example'], deny: ['bad.good.example'] }),
      guarded('lenient', { allow: ['good.example'], allowMissing: true }),
      guarded('denying', { deny: ['*.evil.example', 'evil.example'] }),
    ),
  },
});

async function led(name: string, ...referer: string[]): Promise<string> {
  const headers = referer.length === 0 ? {} : { referer: referer as readonly string[] };
  return (await gateway.ask(name, '/', { headers })).reason ?? 'passed';
}

for (const referer of [
  'https://good.example/page',
  'http://GOOD.example.:8080',
  'https://a.b.good.example/',
  `http://listed.${DOMAIN}/`,
]) {
  test(`a page that is listed, or the Service's own, may lead here: ${referer}`, async () => {
    assert.equal(await led('listed', referer), 'passed');
  });
}

for (const referer of [
  'https://evil.example/',
  'https://good.example.evil.example/',
  'https://evilgood.example/',
  'https://bad.good.example/',
  'https://BAD.good.example./',
  'https://good.example@evil.example/',
  'https://evil.example/https://good.example/',
  'https://evil.example\\@good.example/',
  'good.example',
  '//good.example/',
  'about:blank',
  'null',
  '',
]) {
  test(`no other page may: ${JSON.stringify(referer)}`, async () => {
    assert.equal(await led('listed', referer), 'referrer-refused');
    assert.equal(await led('lenient', referer), 'referrer-refused');
  });
}

test('one of two Referers is not picked', async () => {
  assert.equal(await led('lenient', 'https://good.example/', 'https://good.example/'), 'referrer-refused');
});

test('without one, a request is let through where that is said', async () => {
  assert.equal(await led('listed'), 'referrer-refused');
  assert.equal(await led('lenient'), 'passed');
});

test('a list of those that are denied lets all others through', async () => {
  assert.equal(await led('denying', 'https://any.example/'), 'passed');
  assert.equal(await led('denying', 'https://x.evil.example/'), 'referrer-refused');
});

test('a refusal is a 403, and the upstream sees nothing', async () => {
  const received = upstream.received.length;
  assert.equal((await gateway.ask('listed')).status, 403);
  assert.equal(upstream.received.length, received);
});

for (const [config, message] of [
  [{}, /one of allow, deny/],
  [{ allow: ['https://a.example'] }, /without the scheme/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(guarded('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
