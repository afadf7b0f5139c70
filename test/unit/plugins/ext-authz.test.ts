import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { field, Message, mapField, numberField } from '../../../src/plugins/envoy/wire.ts';
import { readCheckResponse } from '../../../src/plugins/ext-authz/check-response.ts';

const YES = field(1, Buffer.concat([numberField(1, 0n)]));

test('fields are written as they are read', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 29 - 1 }),
      fc.string({ minLength: 1 }),
      fc.bigInt(0n, 2n ** 64n - 1n),
      (n, text, whole) => {
        const message = Message.read(Buffer.concat([field(n, text), numberField(n === 1 ? 2 : 1, whole)]));
        assert.equal(message.bytes(n).at(-1)?.toString('utf8'), Buffer.from(text).toString('utf8'));
        assert.equal(message.number(n === 1 ? 2 : 1), whole);
      },
    ),
  );
  const [entry] = Message.read(mapField(3, [['a', 'b']])).messages(3);
  assert.deepEqual([entry?.bytes(1).toString(), entry?.bytes(2).toString()], ['a', 'b']);
});

test('no bytes make it throw, and none that are cut off or changed are a yes by accident', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.ok(['allowed', 'denied', 'unusable'].includes(readCheckResponse(Buffer.from(bytes)).kind));
    }),
  );
  assert.equal(readCheckResponse(YES).kind, 'allowed');
  for (let length = 0; length < YES.byteLength; length++) {
    assert.equal(readCheckResponse(YES.subarray(0, length)).kind, 'unusable');
  }
});

for (const [what, hex] of Object.entries({
  'a field without a number': '0000',
  'a group': '0b0c',
  'a length beyond the end': '0aff01',
  'a number of eleven bytes': `08${'ff'.repeat(10)}01`,
  'a status that is a number': '0800',
  'a status whose code is a text': '0a030a0130',
})) {
  test(`is no answer: ${what}`, () => {
    assert.equal(readCheckResponse(Buffer.from(hex, 'hex')).kind, 'unusable');
  });
}

test('a negative status is no yes', () => {
  assert.equal(readCheckResponse(field(1, numberField(1, -1n))).kind, 'denied');
});

test('a status that comes in parts is the last one', () => {
  const parts = Buffer.concat([field(1, numberField(1, 0n)), field(1, numberField(1, 7n))]);
  assert.equal(readCheckResponse(parts).kind, 'denied');
});
