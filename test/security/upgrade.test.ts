import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, startRecorder, statusesOf } from './support.ts';

/** R50: no protocol change slips past the policies; h2c smuggling sends its requests behind a relayed upgrade. */
const H2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

for (const protocol of ['h2c', 'HTTP/2.0', 'foo', 'h2c, websocket', 'websocket, h2c', 'websocket/13']) {
  test(`Upgrade: ${protocol} is refused and ends the connection`, async () => {
    await using recorder = await startRecorder();
    const upgrade = `GET / HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`;
    const answers = await send(recorder.port, `${upgrade}${H2_PREFACE}GET /2 HTTP/1.1\r\nHost: a.example\r\n\r\n`);
    assert.deepEqual(statusesOf(answers), [501]);
    assert.deepEqual(recorder.heads, []);
    assert.deepEqual(
      recorder.unparsed.map(({ reason }) => reason),
      ['upgrade-refused'],
    );
  });
}

test('an Upgrade that Connection does not nominate asks for nothing, and goes no further', async () => {
  await using recorder = await startRecorder();
  const answers = await send(
    recorder.port,
    'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\nUpgrade: h2c\r\n\r\n',
  );
  assert.deepEqual(statusesOf(answers), [200]);
  assert.deepEqual([...recorder.heads[0]!.headers], []);
});

test('HTTP/2 without an upgrade is refused', async () => {
  await using recorder = await startRecorder();
  const [status] = statusesOf(await send(recorder.port, H2_PREFACE));
  assert.ok(status === 400 || status === 505, String(status));
  assert.deepEqual(recorder.heads, []);
});
