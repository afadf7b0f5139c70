import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { closeFrame } from '../../../../src/downstream/web-socket/close-frame.ts';
import { FrameBorders } from '../../../../src/downstream/web-socket/frame-borders.ts';
import { refuse } from '../../../../src/gateway/outcome.ts';

interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly masked: boolean;
  readonly length: number;
}

/** RFC 6455 5.2, with the shortest length that fits. */
function encode({ opcode, fin, masked, length }: Frame): Buffer {
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended + (masked ? 4 : 0));
  header[0] = (fin ? 0x80 : 0) | opcode;
  header[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, Buffer.alloc(length, 0x88)]);
}

const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(0, 1, 2, 9, 10),
    fin: fc.boolean(),
    masked: fc.boolean(),
    length: fc.oneof(fc.nat(130), fc.constantFrom(0, 125, 126, 127, 65_535, 65_536)),
  }),
  { minLength: 1, maxLength: 6 },
);

function borders(bytes: Uint8Array, cuts: readonly number[]): FrameBorders {
  const followed = new FrameBorders();
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.byteLength];
  for (const [i, place] of places.entries()) if (i > 0) followed.follow(bytes.subarray(places[i - 1], place));
  return followed;
}

test('the end of whole frames is a border, wherever the chunks were cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 20 }), (made, numbers) => {
      const bytes = Buffer.concat(made.map(encode));
      const followed = borders(
        bytes,
        numbers.map((number) => number % (bytes.byteLength + 1)),
      );
      assert.deepEqual([followed.atBorder, followed.closing], [true, false]);
    }),
    { numRuns: 200 },
  );
});

test('one byte before its end is no border, wherever the chunks were cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(), { maxLength: 20 }), (made, numbers) => {
      const whole = Buffer.concat(made.map(encode));
      const bytes = whole.subarray(0, -1);
      const followed = borders(
        bytes,
        numbers.map((number) => number % (bytes.byteLength + 1)),
      );
      assert.equal(followed.atBorder, false);
    }),
    { numRuns: 200 },
  );
});

test('byte for byte, only the last one of a frame leads to a border', () => {
  const followed = new FrameBorders();
  const bytes = encode({ opcode: 2, fin: true, masked: false, length: 300 });
  const seen = [...bytes].map((byte) => {
    followed.follow(Uint8Array.of(byte));
    return followed.atBorder;
  });
  assert.equal(seen.indexOf(true), bytes.byteLength - 1);
});

test('a refusal becomes a Close frame with 1008 and its text', () => {
  const frame = closeFrame(new FrameBorders(), refuse('session-unknown'))!;
  assert.deepEqual([frame[0], frame[1], frame.readUInt16BE(2)], [0x88, frame.byteLength - 2, 1008]);
  assert.equal(frame.subarray(4).toString(), 'The session is not known, or has ended.');
});

test('a drain is 1001, and a failure of ours 1011', () => {
  assert.equal(closeFrame(new FrameBorders(), refuse('shutting-down'))!.readUInt16BE(2), 1001);
  assert.equal(closeFrame(new FrameBorders(), refuse('internal-error'))!.readUInt16BE(2), 1011);
});

test('it may stand between the fragments of a message', () => {
  const followed = new FrameBorders();
  followed.follow(encode({ opcode: 1, fin: false, masked: false, length: 5 }));
  assert.ok(closeFrame(followed, refuse('policy-denied')) !== null);
});

test('there is none inside of a frame, nor after a Close frame', () => {
  const inside = new FrameBorders();
  inside.follow(encode({ opcode: 1, fin: true, masked: false, length: 5 }).subarray(0, 4));
  assert.equal(closeFrame(inside, refuse('policy-denied')), null);
  const closed = new FrameBorders();
  closed.follow(encode({ opcode: 8, fin: true, masked: false, length: 2 }));
  assert.equal(closeFrame(closed, refuse('policy-denied')), null);
});
