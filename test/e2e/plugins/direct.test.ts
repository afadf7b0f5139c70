import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { mistakesIn } from '../../support/mistakes.ts';
import { RecordingUpstream } from '../../support/recording-upstream.ts';
import { open, yaml } from '../../support/resources.ts';

const upstream = await RecordingUpstream.start('upstream');
const direct = (name: string, config: object) =>
  open(name, upstream.url, {}, { plugins: [{ name: 'one', condition: { matchAny: true }, direct: config }] });

const gateway = await GatewayProcess.start({
  files: {
    'services.yaml': yaml(
      direct('plain', {}),
      direct('text', { statusCode: 503, body: { inline: 'später' }, headers: [{ key: 'Retry-After', value: '60' }] }),
      direct('bytes', {
        body: { inlineBytes: Buffer.from([0, 1, 255]).toString('base64') },
        headers: [{ key: 'Content-Type', value: 'application/x-three' }],
      }),
    ),
  },
});

test('the answer is the one that is written, and no upstream is asked', async () => {
  const { status, headers, body } = await gateway.ask('text');
  assert.deepEqual([status, headers['retry-after'], body], [503, '60', 'später']);
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8');
  assert.deepEqual(await gateway.ask('plain').then(({ status: plain, body: none }) => [plain, none]), [200, '']);
  assert.equal(upstream.received.length, 0);
});

test('a body of bytes, and HEAD without one', async () => {
  const { headers } = await gateway.ask('bytes');
  assert.deepEqual([headers['content-type'], headers['content-length']], ['application/x-three', '3']);
  const head = await gateway.ask('text', '/', { method: 'HEAD' });
  assert.deepEqual([head.status, head.body], [503, '']);
});

for (const [config, message] of [
  [{ statusCode: 204, body: { inline: 'x' } }, /204 has no body/],
  [{ headers: [{ key: 'Transfer-Encoding', value: 'chunked' }] }, /belongs to the connection/],
  [{ headers: [{ key: 'X', value: 'a\r\nX-Injected: b' }] }, /services\.yaml:/],
  [{ body: { inline: 'x', inlineBytes: 'eA==' } }, /only one of inline, inlineBytes/],
  [{ statusCode: 101 }, /statusCode/],
] as const) {
  test(`is refused with its place: ${JSON.stringify(config)}`, async () => {
    const said = await mistakesIn(yaml(direct('wrong', config)));
    assert.match(said, message);
    assert.match(said, /services\.yaml:\d+:\d+/);
  });
}
