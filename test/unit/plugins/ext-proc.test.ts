import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { field, Message, numberField } from '../../../src/plugins/envoy/wire.ts';
import { type Modes, overridden } from '../../../src/plugins/ext-proc/modes.ts';
import { readReply } from '../../../src/plugins/ext-proc/reply.ts';

const HEAD = field(1, field(1, numberField(1, 0n)));
const IMMEDIATE = field(7, field(1, numberField(1, 403n)));

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      assert.ok(['common', 'immediate', 'later', 'unusable'].includes(readReply(Buffer.from(bytes)).kind));
    }),
  );
});

test('a reply that is cut off is none', () => {
  for (const whole of [HEAD, IMMEDIATE]) {
    assert.notEqual(readReply(whole).kind, 'unusable');
    for (let length = 0; length < whole.byteLength; length++) {
      assert.equal(readReply(whole.subarray(0, length)).kind, 'unusable');
    }
  }
});

for (const [what, bytes] of Object.entries({
  'two parts': Buffer.concat([HEAD, field(3, numberField(1, 0n))]),
  'a part and an answer of its own': Buffer.concat([HEAD, IMMEDIATE]),
  'a part and trailers': Buffer.concat([HEAD, field(6, field(1, 'x'))]),
  'a status that is unknown': field(1, field(1, numberField(1, 2n))),
  'an answer without a status': field(7, field(3, 'body')),
  'more fields than memory is for': Buffer.alloc(100_000, numberField(11, 1n)),
  'more fields in a part than memory is for': field(1, Buffer.alloc(100_000, numberField(11, 1n))),
  'a streamed body': field(3, field(1, field(3, field(3, numberField(2, 1n))))),
})) {
  test(`is no reply: ${what}`, () => assert.equal(readReply(bytes).kind, 'unusable'));
}

test('a reply that has a part takes no more time', () => {
  assert.equal(readReply(field(10, numberField(1, 5n))).kind, 'later');
  assert.equal(readReply(Buffer.concat([HEAD, field(10, numberField(1, 5n))])).kind, 'common');
});

test('a mode that is not said stays for heads, and is none for bodies', () => {
  const all: Modes = { requestHeaders: true, requestBody: true, responseHeaders: true, responseBody: true };
  const said = (...fields: readonly Buffer[]) => overridden(all, Message.read(Buffer.concat(fields)));
  assert.deepEqual(said(), { ...all, requestBody: false, responseBody: false });
  assert.deepEqual(said(numberField(2, 2n), numberField(4, 2n)), {
    ...all,
    requestBody: false,
    responseHeaders: false,
  });
  for (const mode of [1n, 3n, 4n]) assert.equal(said(numberField(3, mode)), null);
  assert.equal(said(numberField(6, 1n)), null);
});
