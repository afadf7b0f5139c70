import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../../../src/base/header-list.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { type MirrorEvent, SecondUpstream } from '../../../src/plugins/mirror/second-upstream.ts';
import type { OutboundAnswer, OutboundRequest } from '../../../src/plugins/outbound.ts';
import { Collector, ManualBody } from '../../support/manual-body.ts';
import { authorized } from './support.ts';

const HEAD = { method: 'POST', path: '/', query: '', headers: new HeaderList() };
const YES: OutboundAnswer = {
  kind: 'answered',
  status: 500,
  headers: new HeaderList(),
  body: Buffer.alloc(0),
  grpcStatus: null,
};

class Second {
  readonly sent: OutboundRequest[] = [];
  readonly events: MirrorEvent[] = [];
  readonly answers: ((answer: OutboundAnswer) => void)[] = [];
  readonly upstream = new SecondUpstream({
    outbound: {
      ask: (_x, request) => {
        this.sent.push(request);
        return new Promise((resolve) => this.answers.push(resolve));
      },
    },
    mostAtOnce: 2,
    mostBytes: 10,
    count: (event) => void this.events.push(event),
  });

  copyOf(x: Exchange) {
    return this.upstream.copyOf(x, HEAD);
  }

  async answer(what: OutboundAnswer): Promise<void> {
    this.answers.shift()!(what);
    await new Promise(setImmediate);
  }
}

function requestWith(body: ManualBody | BufferedBody | null): Exchange {
  const x = authorized();
  x.outgoing = { ...HEAD, authority: null, body, upgrade: null, sign: null };
  return x;
}

/** What comes out of the request's body for the first upstream. */
function received(x: Exchange): Collector {
  const got = new Collector();
  x.outgoing!.body!.pipe(got);
  return got;
}

test('a request without a body, or with one in memory, is sent when it is on its way', async () => {
  const second = new Second();
  const copies = [second.copyOf(requestWith(null)), second.copyOf(requestWith(new BufferedBody('four')))];
  assert.equal(second.sent.length, 0);
  for (const copy of copies) copy!.begin();
  assert.deepEqual(
    second.sent.map(({ body }) => body?.toString() ?? null),
    [null, 'four'],
  );
  await second.answer(YES);
  await second.answer({ kind: 'failed', message: 'no' });
  assert.deepEqual(second.events, ['mirrored', 'failed']);
});

test('a body that streams is sent when it is whole, byte for byte, though its memory is used again', () => {
  const second = new Second();
  const body = new ManualBody();
  const x = requestWith(body);
  second.copyOf(x)!.begin();
  const got = received(x);
  const lent = Buffer.from('abc');
  body.sink!.write(lent);
  lent.fill('x');
  body.write('def');
  assert.equal(second.sent.length, 0);
  body.end();
  assert.deepEqual([got.text, got.ended], ['abcdef', 'complete']);
  assert.equal(second.sent[0]?.body?.toString(), 'abcdef');
});

test('a body that grows too large, is cut off or given up passes as it is, and makes no copy', () => {
  const second = new Second();
  const ways: readonly ((body: ManualBody, x: Exchange, leave: () => void) => void)[] = [
    (body) => body.write('x'.repeat(11)),
    (body) => body.sink!.fail(new Error('cut off')),
    (_body, x) => x.outgoing!.body!.destroy(),
    (_body, _x, leave) => leave(),
  ];
  for (const way of ways) {
    const body = new ManualBody();
    const x = requestWith(body);
    const copy = second.copyOf(x)!;
    copy.begin();
    const got = received(x);
    body.write('12');
    way(body, x, () => copy.leave());
    copy.leave();
    assert.match(got.text, /^12x*$/);
  }
  assert.deepEqual([second.events, second.sent], [ways.map(() => 'dropped'), []]);
});

test('what finds no room is not copied at all, and room comes back', async () => {
  const second = new Second();
  const [first, other] = [second.copyOf(requestWith(new ManualBody())), second.copyOf(requestWith(null))];
  other!.begin();
  const body = new ManualBody();
  const third = requestWith(body);
  assert.equal(second.copyOf(third), null);
  assert.equal(third.outgoing!.body, body);
  first!.leave();
  assert.notEqual(second.copyOf(requestWith(null)), null);
  await second.answer(YES);
  assert.notEqual(second.copyOf(requestWith(null)), null);
  assert.deepEqual(second.events, ['dropped', 'dropped', 'mirrored']);
});

test('a body that is announced as too large, and a WebSocket, are not copied at all', () => {
  const second = new Second();
  const large = requestWith(new BufferedBody('x'.repeat(11)));
  const socket = requestWith(null);
  socket.outgoing!.upgrade = 'websocket';
  for (const x of [large, socket]) assert.equal(second.copyOf(x), null);
  assert.deepEqual(second.events, ['dropped', 'dropped']);
});
