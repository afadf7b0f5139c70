import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './in-memory.ts';

const JSON_BODIES = { limit: 20, json: true } as const;

test('a buffered body is read once and reaches the upstream whole', async () => {
  const { seen, x } = await run({ service: { buffering: { limit: 100, json: false } }, body: 'not json' });
  assert.equal(seen[0]?.body, 'not json');
  assert.equal(x.buffered?.bytes.toString(), 'not json');
  assert.equal(x.bytesReceived, 8);
});

test('a JSON object is given to conditions', async () => {
  const { x } = await run({ service: { buffering: JSON_BODIES }, body: '{"a":1}' });
  assert.deepEqual(x.buffered?.json, { a: 1 });
});

test('no body is fine', async () => {
  const { x, response } = await run({ service: { buffering: JSON_BODIES } });
  assert.equal(response.status, 200);
  assert.equal(x.buffered?.json, null);
});

for (const body of ['[1]', '"text"', 'null', '{', '{"a":1}x', '\u0000']) {
  test(`${JSON.stringify(body)} is no JSON object`, async () => {
    const { x, seen } = await run({ service: { buffering: JSON_BODIES }, body });
    assert.equal(x.refusal?.reason, 'bad-body');
    assert.deepEqual(seen, []);
  });
}

test('a body above the limit is 413 and reaches nobody', async () => {
  const { x, response, seen } = await run({ service: { buffering: JSON_BODIES }, body: `{"a":"${'x'.repeat(30)}"}` });
  assert.deepEqual([x.refusal?.reason, response.status], ['body-too-large', 413]);
  assert.deepEqual(seen, []);
});
