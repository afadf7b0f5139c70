import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordedRequest, Verdict } from '../../../../src/admin/decision-api.ts';
import { changeText } from '../../../../src/cli/decision-text.ts';
import { Changes } from '../../../../src/main/replay/changes.ts';
import { LoggedRequests } from '../../../../src/main/replay/logged-requests.ts';
import { ShadowLog } from '../../../../src/main/replay/shadow-log.ts';
import { Tally } from '../../../../src/main/replay/tally.ts';

const ALLOW: Verdict = { effect: 'allow', reason: 'policy-allowed', policy: 'a', rule: 'r' };
const DENY: Verdict = { effect: 'deny', reason: 'no-policy-match', policy: null, rule: null };

function request(changes: Partial<RecordedRequest>): RecordedRequest {
  const rest = { credential: null, queryLength: 0, httpVersion: '2', clientAddress: '192.0.2.1', hasNoBody: false };
  return { time: 0, service: 'api', user: 'fay', method: 'GET', host: 'h', path: '/', ...rest, ...changes };
}

function line(fields: object): string {
  const { effect, reason, policy, rule } = ALLOW;
  const time = '2026-11-20T10:00:00.000Z';
  return JSON.stringify({
    ...request({}),
    time,
    requestId: 'r',
    decision: { effect, reason, policy, rule },
    ...fields,
  });
}

test('changes are grouped by Service, user and direction, the most frequent first', () => {
  const changes = new Changes(1);
  changes.compare(request({}), ALLOW, ALLOW);
  changes.compare(request({ user: null }), DENY, ALLOW);
  for (const path of ['/a', '/a', '/b']) changes.compare(request({ path }), ALLOW, DENY);
  const report = changes.report();
  assert.equal(report.changed, 4);
  assert.deepEqual(
    report.changes.map(({ user, from, to, count, samples }) => [user, from, to, count, samples.length]),
    [
      ['fay', 'allow', 'deny', 3, 1],
      [null, 'deny', 'allow', 1, 1],
    ],
  );
});

test('nothing of a log reaches the terminal as a command', () => {
  const changes = new Changes(1);
  changes.compare(request({ path: '/\u001b]0;x\u0007\u202e\n\r', user: 'a\u009bb' }), ALLOW, DENY);
  const text = changeText(changes.report().changes[0]!);
  assert.doesNotMatch(text, /[^\P{C}\n]/u);
  assert.equal(text.split('\n').length, 5, 'a line feed in a path makes no line');
});

test('requests that differ in the time alone are one', () => {
  const requests = new LoggedRequests();
  const times = ['2026-11-20T10:00:00.000Z', '2026-11-20T11:00:00.000Z'];
  for (const time of times) requests.take(line({ time }));
  requests.take(line({ method: 'PUT' }));
  requests.take('no line');
  const { requests: found, left } = requests.report();
  assert.deepEqual(
    found.map(({ method, count, time }) => [method, count, time]),
    [
      ['GET', 2, Date.parse(times[1]!)],
      ['PUT', 1, Date.parse(times[0]!)],
    ],
  );
  assert.equal(left, 0);
});

test('a tally of any number of reasons stays small', () => {
  const tally = new Tally();
  for (let i = 0; i < 5000; i++) tally.count(`reason ${i}`);
  const report = tally.report();
  assert.equal(report.length, 1001);
  assert.deepEqual(report[0], { why: 'for other reasons', count: 4000 });
});

test('the shadows of a log are told by policy', () => {
  const log = new ShadowLog(1);
  log.take(line({ shadow: [{ policy: 'b', would: 'deny' }] }));
  log.take(line({ shadow: [{ policy: 'a', would: 'deny' }] }));
  log.take(line({}));
  log.take('{}');
  const { lines, disagreeing, policies, unreadable } = log.report();
  assert.deepEqual([lines, disagreeing], [4, 2]);
  assert.deepEqual(
    policies.map(({ policy }) => policy),
    ['a', 'b'],
  );
  assert.equal(unreadable[0]?.count, 1);
});
