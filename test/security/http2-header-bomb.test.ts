import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEngine } from '../support/http2-engine.ts';
import {
  connectFrames,
  END_HEADERS,
  END_STREAM,
  type Field,
  FRAME,
  frame,
  hpack,
  request,
} from '../support/http2-frames.ts';

/** R60: the size and the number of fields, counted as they are after decompression. */

/** RFC 7541 6.2.1: puts a field into the table, where one byte refers to it. */
function indexed(name: string, value: string): Buffer {
  const block = hpack([[name, value]]);
  block[0] = 0x40;
  return block;
}

const NEWEST = Buffer.from([0x80 | 62]);

async function statusFor(block: Buffer): Promise<number> {
  await using engine = await startEngine();
  using client = await connectFrames(engine.port);
  client.send(frame(FRAME.headers, END_STREAM | END_HEADERS, 1, block));
  const end = await client.end(1);
  if (end.kind !== 'answer' || end.status !== 200) assert.equal(engine.heads.length, 0);
  return end.kind === 'answer' ? end.status : 0;
}

function repeated(times: number, name: string, value: string): Buffer {
  return Buffer.concat([hpack(request()), indexed(name, value), ...Array.from({ length: times - 1 }, () => NEWEST)]);
}

test('one byte for each large field (CVE-2026-47774)', async () => {
  assert.equal(await statusFor(repeated(5, 'x-bomb', 'a'.repeat(4_000))), 200);
  assert.equal(await statusFor(repeated(10, 'x-bomb', 'a'.repeat(4_000))), 431);
  assert.equal(await statusFor(repeated(10_000, 'x-bomb', 'a'.repeat(4_000))), 0);
});

test('many small fields', async () => {
  assert.equal(await statusFor(repeated(100, 'a', 'b')), 200);
  assert.equal(await statusFor(repeated(101, 'a', 'b')), 431);
  assert.equal(await statusFor(repeated(15_000, 'a', 'b')), 0);
});

test('crumbs of a cookie count, each of them (CVE-2026-49975)', async () => {
  assert.equal(await statusFor(repeated(100, 'cookie', 'a')), 200);
  assert.equal(await statusFor(repeated(101, 'cookie', 'a')), 431);
  assert.equal(await statusFor(repeated(15_000, 'cookie', '')), 0);
});

test('the limit is that of all fields together', async () => {
  const fields: Field[] = Array.from({ length: 8 }, (_, i) => [`x-${i}`, 'a'.repeat(1_900)]);
  assert.equal(await statusFor(hpack(request(fields))), 200);
});
