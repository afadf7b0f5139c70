import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { refuse } from '../../../src/gateway/outcome.ts';
import { type AccessEntry, LIMITS } from '../../../src/telemetry/access-entry.ts';
import { accessLine, unparsedLine } from '../../../src/telemetry/access-line.ts';
import { createAccessLog } from '../../../src/telemetry/access-log.ts';
import { ANONYMOUS, aConfig, anExchange, aPrincipal, aService } from './an-exchange.ts';

const NOON = Date.parse('2026-03-04T12:00:00.000Z');
const clock: Clock = { now: () => NOON, monotonic: () => 0 };

function entryOf(x: Exchange): AccessEntry {
  const line = accessLine(x, clock);
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1, 'it is one line');
  return JSON.parse(line) as AccessEntry;
}

function servedExchange(): Exchange {
  const x = anExchange({ query: 'code=s3cret', headers: new HeaderList(['user-agent', 'curl/8', 'cookie', 's3cret']) });
  x.service = aService('echo');
  x.config = aConfig('v1');
  x.principal = aPrincipal('alice');
  x.decision = { effect: 'allow', reason: 'policy-allowed', policy: 'team', rule: 'rules[0]', detail: null };
  x.upstreamAddress = '192.0.2.9:443';
  x.response = { status: 200, headers: new HeaderList(), body: null };
  x.bytesReceived = 3;
  x.bytesSent = 100;
  Object.assign(x.timings, { upstreamStarted: 1001, upstreamAnswered: 1003.25, settled: 1004.5 });
  return x;
}

describe('a line of the access log', () => {
  test('has every field of a request that was served', () => {
    assert.deepEqual(entryOf(servedExchange()), {
      time: '2026-03-04T11:59:59.995Z',
      requestId: '0123456789ab',
      clientAddress: '192.0.2.1',
      method: 'GET',
      host: 'echo.example.com',
      path: '/a',
      queryLength: 11,
      httpVersion: '1.1',
      status: 200,
      reason: null,
      detail: null,
      decision: { effect: 'allow', reason: 'policy-allowed', policy: 'team', rule: 'rules[0]' },
      service: 'echo',
      config: 'v1',
      user: 'alice',
      session: 'alice-abc123',
      credential: null,
      upstream: 'https://api.internal',
      upstreamAddress: '192.0.2.9:443',
      durationMs: 4.5,
      upstreamMs: 2.25,
      bytesReceived: 3,
      bytesSent: 100,
      aborted: false,
      userAgent: 'curl/8',
      generation: 7,
    } satisfies AccessEntry);
  });

  test('has neither query nor cookie in it', () => {
    assert.doesNotMatch(accessLine(servedExchange(), clock), /s3cret/);
  });

  test('of a refusal has reason, detail and status', () => {
    const x = anExchange();
    x.principal = ANONYMOUS;
    x.refusal = refuse('upstream-timeout', 'nothing within 5 s');
    x.timings.settled = 1001;
    const { reason, detail, status, user, session, upstreamMs, config } = entryOf(x);
    assert.deepEqual(
      { reason, detail, status, user, session, upstreamMs, config },
      {
        reason: 'upstream-timeout',
        detail: 'nothing within 5 s',
        status: 504,
        user: null,
        session: null,
        upstreamMs: null,
        config: null,
      },
    );
  });

  test('of a denial tells what went wrong in the policy', () => {
    const x = anExchange();
    x.decision = { effect: 'deny', reason: 'policy-error', policy: 'team', rule: null, detail: 'no such key: groups' };
    x.refusal = refuse('policy-error');
    assert.equal(entryOf(x).detail, 'no such key: groups');
  });

  test('tells what a shadow policy would have decided, only when it differs', () => {
    const x = servedExchange();
    assert.equal(entryOf(x).shadow, undefined);
    x.decision = { ...x.decision!, shadow: [{ policy: 'stricter', would: 'deny' }] };
    assert.deepEqual(entryOf(x).shadow, [{ policy: 'stricter', would: 'deny' }]);
  });

  test('of an aborted exchange says so', () => {
    const x = servedExchange();
    x.aborted = true;
    assert.equal(entryOf(x).aborted, true);
  });

  test('has the same fields when the request could not be read', () => {
    const request = {
      id: 'r1',
      clientAddress: '::1',
      reason: 'bad-request',
      status: 400,
      detail: 'a "quote"',
    } as const;
    const entry = JSON.parse(unparsedLine(request, clock)) as AccessEntry;
    assert.deepEqual(Object.keys(entry), Object.keys(entryOf(servedExchange())));
    assert.deepEqual(
      [entry.requestId, entry.reason, entry.status, entry.detail],
      ['r1', 'bad-request', 400, 'a "quote"'],
    );
  });
});

describe('what a caller writes', () => {
  const attacks = [
    '"},{"user":"root"',
    'x\ny',
    'x\r\n{"user":"root"}',
    '\u0000\u001b[2J',
    '\u2028\u2029',
    '\u202emoc',
    '\ud800',
    'back\\slash',
  ];
  for (const attack of attacks) {
    test(`${JSON.stringify(attack)} stays in its field, and the line stays one line of plain text`, () => {
      const x = anExchange({ path: `/${attack}`, headers: new HeaderList(['user-agent', attack]) });
      assert.deepEqual([entryOf(x).path, entryOf(x).userAgent, entryOf(x).user], [`/${attack}`, attack, null]);
      assert.doesNotMatch(accessLine(x, clock).slice(0, -1), /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
    });
  }

  test('comes back as it was, whatever it is', () => {
    const text = fc.string({ unit: 'binary', maxLength: LIMITS.userAgent });
    fc.assert(
      fc.property(text, (userAgent) => {
        const entry = entryOf(anExchange({ headers: new HeaderList(['user-agent', userAgent]) }));
        assert.equal(entry.userAgent, userAgent);
        assert.equal(Object.keys(entry).length, 26);
      }),
    );
  });

  test('is cut at its limit', () => {
    const long = 'ü'.repeat(100_000);
    const x = anExchange({ path: long, host: long, method: long, headers: new HeaderList(['user-agent', long]) });
    x.refusal = refuse('bad-path', long);
    const { path, userAgent } = entryOf(x);
    assert.equal(path, `${'ü'.repeat(LIMITS.path)}…`);
    assert.equal(userAgent, `${'ü'.repeat(LIMITS.userAgent)}…`);
    assert.ok(accessLine(x, clock).length < 6000);
  });
});

describe('createAccessLog', () => {
  function recorded() {
    const batches: [lines: string, count: number][] = [];
    const log = createAccessLog({ write: (lines, count) => batches.push([lines.toString(), count]) }, clock);
    return { batches, log };
  }

  test('hands lines on together, refusals before an exchange among them', () => {
    const { batches, log } = recorded();
    log.settled(servedExchange());
    log.unparsed({ id: 'r1', clientAddress: '::1', reason: 'bad-request', status: 400, detail: null });
    assert.equal(batches.length, 0);
    log.flush();
    log.flush();
    assert.equal(batches.length, 1);
    const [lines, count] = batches[0]!;
    assert.equal(count, 2);
    assert.equal(lines.trimEnd().split('\n').length, 2);
  });

  test('hands them on by itself', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const log = createAccessLog({ write: (_lines, count) => resolve(count) }, clock);
    // The log's own timer does not keep a process alive.
    const alive = setInterval(() => {}, 1000);
    log.settled(servedExchange());
    assert.equal(await promise, 1);
    clearInterval(alive);
  });

  test('hands a full batch on at once', () => {
    const { batches, log } = recorded();
    for (let i = 0; i < 200 && batches.length === 0; i++) log.settled(servedExchange());
    assert.ok(batches[0]![0].length >= 64 * 1024);
    log.close();
  });

  test('keeps what it was given, however it is spelled in UTF-8', () => {
    const { batches, log } = recorded();
    const userAgent = 'ü€😀';
    for (let i = 0; i < 300; i++) log.settled(anExchange({ headers: new HeaderList(['user-agent', userAgent]) }));
    log.close();
    const lines = batches.flatMap(([text]) => text.trimEnd().split('\n'));
    assert.deepEqual([...new Set(lines.map((line) => (JSON.parse(line) as AccessEntry).userAgent))], [userAgent]);
    assert.equal(lines.length, 300);
  });

  test('loses nothing when it is closed, nor afterwards', () => {
    const { batches, log } = recorded();
    log.settled(servedExchange());
    log.close();
    log.settled(servedExchange());
    assert.deepEqual(
      batches.map(([, count]) => count),
      [1, 1],
    );
  });
});
