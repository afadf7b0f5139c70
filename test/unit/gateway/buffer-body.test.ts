import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Body, BodySink } from '../../../src/gateway/body.ts';
import { BodyBudget } from '../../../src/gateway/body-budget.ts';
import { type Given, run } from './in-memory.ts';

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

/** In UTF-7, which common parsers know, the text is `user","role":"admin`. */
const UTF7 = '{"role":"user+ACI-,+ACI-role+ACI-:+ACI-admin"}';

for (const field of [
  ['content-type', 'application/json; charset=utf-7'],
  ['content-type', 'application/json; charset=utf-8; charset=utf-7'],
  ['content-encoding', 'br'],
] as const) {
  test(`attack: a body that upstreams may read as another text is none for conditions: ${field[1]}`, async () => {
    const buffering = { limit: 100, json: true };
    const { x, seen } = await run({ service: { buffering }, body: UTF7, headers: [field] });
    assert.equal(x.refusal?.reason, 'bad-body');
    assert.deepEqual(seen, []);
    const raw = await run({ service: { buffering: { limit: 100, json: false } }, body: UTF7, headers: [field] });
    assert.equal(raw.response.status, 200);
  });
}

test('a body above the limit is 413 and reaches nobody', async () => {
  const { x, response, seen } = await run({ service: { buffering: JSON_BODIES }, body: `{"a":"${'x'.repeat(30)}"}` });
  assert.deepEqual([x.refusal?.reason, response.status], ['body-too-large', 413]);
  assert.deepEqual(seen, []);
});

const BUFFERED: Given = { service: { buffering: { limit: 100, json: false } } };

/** A body that gives `first` and then does what the test wants. */
function bodyThen(first: string, next: (sink: BodySink) => void): Body & { destroyed: boolean } {
  return {
    length: null,
    destroyed: false,
    pipe(sink) {
      sink.write(Buffer.from(first));
      next(sink);
    },
    resume() {},
    destroy() {
      this.destroyed = true;
    },
  };
}

test('many bodies at once fill no more memory than the budget: the next one is 503 overloaded', async () => {
  const budget = new BodyBudget(10);
  const parts = { bodyLimits: { budget, receiveTime: 60_000 } };
  const waiting: BodySink[] = [];
  const slow = run({ ...BUFFERED, parts, body: bodyThen('123456', (sink) => waiting.push(sink)) });
  assert.equal(budget.held, 6);
  const refusedBody = bodyThen('12345', (sink) => sink.end(null));
  const refused = await run({ ...BUFFERED, parts, body: refusedBody });
  assert.deepEqual([refused.x.refusal?.reason, refused.response.status], ['overloaded', 503]);
  assert.deepEqual([refused.seen, refusedBody.destroyed, budget.held], [[], true, 6]);
  assert.equal((await run({ ...BUFFERED, parts, body: '1234' })).response.status, 200);
  waiting[0]?.end(null);
  assert.equal((await slow).response.status, 200);
  assert.equal(budget.held, 0);
});

test('a body that drips is 408 body-too-slow, and is given up', async () => {
  const budget = new BodyBudget(100);
  const body = bodyThen('drip', () => {});
  const { x, response, seen } = await run({ ...BUFFERED, parts: { bodyLimits: { budget, receiveTime: 1 } }, body });
  assert.deepEqual([x.refusal?.reason, response.status], ['body-too-slow', 408]);
  assert.deepEqual([seen, body.destroyed, budget.held], [[], true, 0]);
});

const WAYS_OUT: readonly (readonly [name: string, given: Given])[] = [
  ['served', { body: 'body' }],
  ['too large', { body: bodyThen('1'.repeat(90), (sink) => sink.write(Buffer.from('2'.repeat(20)))) }],
  ['cut off', { body: bodyThen('part', (sink) => sink.fail(new Error('gone'))) }],
  ['refused as JSON', { service: { buffering: { limit: 100, json: true } }, body: 'no json' }],
  ['left by its client', { body: 'body', whole: false }],
  ['broken by a plugin', { body: 'body', plugins: [{ onAuthorized: () => assert.fail('bug') }] }],
];

for (const [name, given] of WAYS_OUT) {
  test(`a request that is ${name} gives its part of the budget back`, async () => {
    const budget = new BodyBudget(1000);
    const taken: number[] = [];
    const take = budget.take.bind(budget);
    budget.take = (x, bytes) => take(x, bytes) && taken.push(bytes) > 0;
    await run({ ...BUFFERED, ...given, parts: { bodyLimits: { budget, receiveTime: 60_000 } } });
    assert.ok(taken.length > 0, 'nothing was taken');
    assert.equal(budget.held, 0);
  });
}

test('a request whose refusal cannot be spelled gives its part of the budget back, and is settled', async () => {
  const budget = new BodyBudget(1000);
  const parts = { bodyLimits: { budget, receiveTime: 60_000 }, spell: () => assert.fail('bug') };
  const service = { buffering: { limit: 100, json: true } };
  const { response, settled, x } = await run({ service, body: 'no json', parts });
  assert.deepEqual([response.status, x.refusal?.reason, settled.length], [500, 'internal-error', 1]);
  assert.equal(budget.held, 0);
});
