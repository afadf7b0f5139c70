import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Body, type BodySink, BufferedBody } from '../../../src/gateway/body.ts';
import { BodyCopy, copied, LARGEST_SHOWN, Room } from '../../../src/plugins/visibility/copied-body.ts';
import { compileRedaction } from '../../../src/plugins/visibility/redaction.ts';
import { shownMap, shownText } from '../../../src/plugins/visibility/shown-body.ts';

const NOBODY: BodySink = { write: () => true, end: () => {}, fail: () => {} };

/** A body that is handed to whoever it is piped to. */
function streamed(): { readonly body: Body; readonly sink: () => BodySink } {
  let sink: BodySink = NOBODY;
  const pipe = (to: BodySink) => {
    sink = to;
  };
  const body = { length: null, pipe, resume: () => {}, destroy: () => {} };
  return { body, sink: () => sink };
}

test('a copy is what passed, although the memory of chunks is used again', () => {
  const { body, sink } = streamed();
  const made = copied(body)!;
  made.body.pipe(NOBODY);
  const chunk = Buffer.from('ab');
  sink().write(chunk);
  chunk.write('cd');
  sink().write(chunk);
  sink().end(null);
  assert.equal(made.copy.take()?.toString(), 'abcd');
});

test('what was cut off, or is not over, is not shown', () => {
  for (const end of ['fail', 'nothing']) {
    const { body, sink } = streamed();
    const made = copied(body)!;
    made.body.pipe(NOBODY);
    sink().write(Buffer.from('ab'));
    if (end === 'fail') sink().fail(new Error('gone'));
    assert.equal(made.copy.take(), null, end);
  }
});

test('back-pressure and length are those of the body', () => {
  const { body, sink } = streamed();
  const made = copied({ ...body, length: 7 })!;
  assert.equal(made.body.length, 7);
  made.body.pipe({ ...NOBODY, write: () => false });
  assert.equal(sink().write(Buffer.from('ab')), false);
});

test('what says that it is larger is left alone, and what is in memory stays so', () => {
  assert.equal(copied(new BufferedBody(Buffer.alloc(LARGEST_SHOWN + 1))), null);
  const small = new BufferedBody(Buffer.alloc(LARGEST_SHOWN));
  assert.equal(copied(small)?.body, small);
});

test('all copies together have a bound, and give their room back', () => {
  const room = new Room(5);
  const copyOf = (text: string) => {
    const copy = new BodyCopy(room);
    copy.add(Buffer.from(text));
    copy.complete();
    return copy;
  };
  const first = copyOf('abc');
  assert.equal(copyOf('abc').take(), null);
  assert.equal(first.take()?.toString(), 'abc');
  assert.equal(copyOf('abcde').take()?.toString(), 'abcde');
  assert.equal(copyOf('abcde').take()?.toString(), 'abcde');
});

test('no spelling of a key that programs take for another shows its value', () => {
  const redaction = compileRedaction(['iban', 'card.number']);
  for (const key of [
    'IBAN',
    'iBan',
    'I_B_A_N',
    'passWord',
    'pass_word',
    'pa\u017f\u017fword',
    'acce\u017fsToken',
    '\uff49ban',
  ]) {
    const shown = JSON.stringify(shownMap(JSON.stringify({ [key]: 'hidden' }), redaction));
    assert.ok(!shown.includes('hidden'), shown);
  }
  assert.deepEqual(shownMap('{"CARD":{"Num_Ber":"hidden"}}', redaction), { CARD: { Num_Ber: '[redacted]' } });
});

test('JSON in texts of JSON is no hiding place', () => {
  const redaction = compileRedaction(['iban', 'event.data.phone']);
  const wrap = (value: unknown, levels: number): unknown =>
    levels === 0 ? value : JSON.stringify(wrap(value, levels - 1));
  const inner = [{ iban: 'hidden', password: 'hidden', note: '[not JSON' }];
  for (const data of [JSON.stringify({ phone: 'hidden' }), ` ${JSON.stringify(inner)}`]) {
    const shown = shownText(JSON.stringify({ event: { data } }), redaction) ?? '';
    assert.ok(!shown.includes('hidden') && shown.includes('[redacted]'), shown);
  }
  const deep = JSON.stringify({ a: wrap({ b: 1 }, 1), c: '[not JSON', d: '{"b": 1}' });
  assert.deepEqual(shownMap(deep, null), { a: '{"b":1}', c: '[not JSON', d: '{"b":1}' });
});
