import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecordedLine } from '../../../../src/main/replay/recorded-line.ts';
import { LIMITS } from '../../../../src/telemetry/access-entry.ts';

const LINE = {
  time: '2026-11-20T10:00:00.000Z',
  requestId: 'r1',
  clientAddress: '192.0.2.1',
  method: 'GET',
  host: 'api.example.com',
  path: '/v1',
  queryLength: 3,
  httpVersion: '2',
  decision: { effect: 'allow', reason: 'policy-allowed', policy: 'team', rule: 'rules[0]' },
  service: 'api',
  user: 'fay',
  credential: null,
};

function read(changes: object = {}) {
  return readRecordedLine(JSON.stringify({ ...LINE, ...changes }));
}

test('a line gives its request and its decision', () => {
  const line = read({ shadow: [{ policy: 'p', would: 'deny' }, { policy: 1 }, 'x'] });
  assert.ok(line.ok);
  assert.deepEqual(line.verdict, LINE.decision);
  assert.deepEqual(line.shadow, [{ policy: 'p', would: 'deny' }]);
  const { time, service, user, queryLength } = line.request;
  assert.deepEqual([time, service, user, queryLength], [Date.parse(LINE.time), 'api', 'fay', 3]);
});

test('no body came where none was counted, and where that says so', () => {
  const none = (changes: object) => {
    const line = read({ bytesReceived: 0, status: 200, ...changes });
    return line.ok && line.request.hasNoBody;
  };
  const denied = { ...LINE.decision, effect: 'deny', reason: 'policy-denied' };
  assert.equal(none({}), true);
  assert.equal(none({ decision: denied }), true);
  assert.equal(none({ method: 'POST' }), true);
  assert.equal(none({ method: 'POST', decision: denied }), false, 'what nobody read was not counted');
  assert.equal(none({ bytesReceived: 3 }), false);
  assert.equal(none({ bytesReceived: undefined }), false);
  assert.equal(none({ status: 101 }), false);
});

test('what is no line of ours is said to be none', () => {
  const foreign = ['', 'x', '[]', 'null', '1', '{}', '{"requestId":1}', '{"__proto__":{"decision":{}}}'];
  const broken = [{ time: 'x' }, { service: 1 }, { method: null }, { host: {} }, { path: [] }, { clientAddress: 7 }];
  for (const line of [...foreign.map(readRecordedLine), ...broken.map(read)]) {
    assert.deepEqual(line.ok || [line.isForeign, line.why], [true, 'the line is no line of an access log']);
  }
});

test('a request that no policy was asked about is left out, with its reason', () => {
  const why = (changes: object) => {
    const line = read(changes);
    return line.ok ? null : line.why;
  };
  assert.equal(why({ decision: null, reason: 'no-route' }), 'no policy was asked (no-route)');
  assert.equal(why({ decision: null, reason: null }), 'no policy was asked (an address of the gateway)');
  assert.equal(why({ decision: null, reason: 'a\u001b[2J' }), 'no policy was asked (an address of the gateway)');
  const expired = { ...LINE.decision, effect: 'deny', reason: 'session-expired' };
  assert.equal(why({ decision: expired }), 'the session decided alone (session-expired)');
  assert.equal(why({ path: `/${'x'.repeat(LIMITS.path)}` }), 'the path is longer than the log has it');
});
