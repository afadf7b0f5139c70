import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type Body, type BodySink, BufferedBody } from '../../../src/gateway/body.ts';
import type { GrpcCall } from '../../../src/gateway/exchange.ts';
import { UpstreamFailure } from '../../../src/upstream/failures.ts';
import { DEFAULT_RETRY, type RetrySpec } from '../../../src/upstream/spec.ts';
import { until } from '../../security/support.ts';
import { answer, type Script, scripted, several, stale, unreachable } from './fake-transport.ts';
import { exchangeWith, textOf } from './support.ts';

const ONE = { url: 'http://e1' };
const TWO = { balance: { endpoints: several(2), policy: 'round-robin' as const } };
const QUICK: RetrySpec = { ...DEFAULT_RETRY, initialInterval: 1, maxInterval: 2 };

class StreamBody implements Body {
  readonly length = null;
  destroyed = false;
  pipe(_sink: BodySink): void {}
  resume(): void {}
  destroy(): void {
    this.destroyed = true;
  }
}

/** The first try ends as `first` says, the others are answered. */
function then(first: Script): Script {
  return (attempt, host, n) => (n === 1 ? first(attempt, host, n) : answer(attempt));
}

test('an answer is passed on, and times and tries are noted', async () => {
  const { upstream, sent } = scripted(ONE, (attempt) => answer(attempt, 201));
  const x = exchangeWith();
  const outcome = await upstream.forward(x);
  assert.ok('status' in outcome && outcome.status === 201);
  assert.equal(sent[0]?.attempt.authority, 'e1');
  assert.equal(x.attempts, 1);
  assert.equal(x.cancelUpstream, null);
  assert.ok(x.timings.upstreamStarted > 0 && x.timings.upstreamAnswered >= x.timings.upstreamStarted);
});

test('a kept connection that was closed is no failure of a request that may be repeated', async () => {
  const { upstream, sent } = scripted(
    ONE,
    then((attempt) => stale(attempt)),
  );
  const x = exchangeWith({ method: 'PUT', body: new BufferedBody('again') });
  assert.ok('status' in (await upstream.forward(x)));
  assert.equal(sent.length, 2);
  assert.equal(x.attempts, 2);
});

test('it is resent once, not for ever', async () => {
  const { upstream, sent } = scripted(ONE, (attempt) => stale(attempt));
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.equal(sent.length, 2);
});

for (const [what, change] of [
  ['a POST', { method: 'POST', body: new BufferedBody('order') }],
  ['a PATCH', { method: 'PATCH', body: new BufferedBody('order') }],
  ['a body that streamed', { method: 'PUT', body: new StreamBody() }],
] as const) {
  test(`${what} on a connection that was closed is never sent again`, async () => {
    const { upstream, sent } = scripted(TWO, (attempt) => stale(attempt));
    assert.match(await textOf(await upstream.forward(exchangeWith(change))), /^refused: upstream-unreachable/);
    assert.equal(sent.length, 1);
  });

  test(`${what} goes elsewhere when nothing of it was sent`, async () => {
    const { upstream, hosts } = scripted(
      TWO,
      then((attempt) => unreachable(attempt, false)),
    );
    assert.ok('status' in (await upstream.forward(exchangeWith(change))));
    assert.equal(new Set(hosts()).size, 2);
  });
}

test('a POST that a connection closed before it took it goes over another connection', async () => {
  const { upstream, sent } = scripted(
    ONE,
    then((attempt) => stale(attempt, false)),
  );
  const order = { method: 'POST', body: new StreamBody() };
  assert.ok('status' in (await upstream.forward(exchangeWith(order))));
  assert.equal(sent.length, 2);
});

test('a request that may have been seen stays where it was', async () => {
  const { upstream, sent } = scripted(TWO, (attempt) => unreachable(attempt, true));
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.equal(sent.length, 1);
});

test('one endpoint that cannot be reached is not asked twice', async () => {
  const { upstream, sent } = scripted({ url: 'http://127.0.0.1' }, (attempt) => unreachable(attempt));
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.equal(sent.length, 1);
});

test('every endpoint is tried once when none can be reached', async () => {
  const spec = { balance: { endpoints: several(3), policy: 'random' as const } };
  const { upstream, hosts } = scripted(spec, (attempt) => unreachable(attempt));
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-unreachable/);
  assert.deepEqual(hosts().sort(), ['e1', 'e2', 'e3']);
});

test('an endpoint without room leaves the request to another one', async () => {
  const { upstream, hosts } = scripted(
    TWO,
    then((attempt) => attempt.failed(new UpstreamFailure('upstream-busy', 'full'), false)),
  );
  assert.ok('status' in (await upstream.forward(exchangeWith())));
  assert.equal(new Set(hosts()).size, 2);
});

test('without retry in the configuration a 503 is an answer like others', async () => {
  const { upstream, sent } = scripted(TWO, (attempt) => answer(attempt, 503));
  const outcome = await upstream.forward(exchangeWith());
  assert.ok('status' in outcome && outcome.status === 503);
  assert.equal(sent.length, 1);
});

for (const status of [502, 503, 504]) {
  test(`with retry a ${status} is tried again, elsewhere, and its body is given up`, async () => {
    const body = new StreamBody();
    const { upstream, hosts } = scripted(
      { ...TWO, retry: QUICK },
      then((attempt) => answer(attempt, status, body)),
    );
    const outcome = await upstream.forward(exchangeWith());
    assert.ok('status' in outcome && outcome.status === 200);
    assert.equal(new Set(hosts()).size, 2);
    assert.equal(body.destroyed, true);
  });
}

test('which other statuses are tried again is said by statusCodes and retryOnServerErrors', async () => {
  const tries = async (retry: RetrySpec, status: number) => {
    const { upstream, sent } = scripted(
      { ...ONE, retry },
      then((attempt) => answer(attempt, status)),
    );
    await upstream.forward(exchangeWith());
    return sent.length;
  };
  assert.equal(await tries(QUICK, 500), 1);
  assert.equal(await tries(QUICK, 429), 1);
  assert.equal(await tries({ ...QUICK, statusCodes: [429] }, 429), 2);
  assert.equal(await tries({ ...QUICK, statusCodes: [429] }, 503), 2);
  assert.equal(await tries({ ...QUICK, retryOnServerErrors: true }, 500), 2);
  assert.equal(await tries({ ...QUICK, retryOnServerErrors: true }, 404), 1);
});

test('with retry a POST is tried again only when it is asked for by name', async () => {
  const tries = async (methods: readonly string[]) => {
    const retry = { ...QUICK, methods };
    const { upstream, sent } = scripted(
      { ...ONE, retry },
      then((attempt) => answer(attempt, 503)),
    );
    await upstream.forward(exchangeWith({ method: 'POST', body: new BufferedBody('order') }));
    return sent.length;
  };
  assert.equal(await tries(DEFAULT_RETRY.methods), 1);
  assert.equal(await tries(['POST']), 2);
});

test('with retry a body that streamed is never sent again', async () => {
  const retry = { ...QUICK, methods: ['PUT', 'POST'] };
  const { upstream, sent } = scripted({ ...ONE, retry }, (attempt) => answer(attempt, 503));
  await upstream.forward(exchangeWith({ method: 'PUT', body: new StreamBody() }));
  assert.equal(sent.length, 1);
});

test('maxRetries are the tries after the first one, and the last answer counts', async () => {
  const { upstream, sent } = scripted({ ...ONE, retry: { ...QUICK, maxRetries: 2 } }, (attempt) =>
    answer(attempt, 503),
  );
  const outcome = await upstream.forward(exchangeWith());
  assert.ok('status' in outcome && outcome.status === 503);
  assert.equal(sent.length, 3);
});

test('after maxElapsedTime no retry begins', async () => {
  const retry = { ...QUICK, maxElapsedTime: 0 };
  const { upstream, sent } = scripted({ ...ONE, retry }, (attempt) => answer(attempt, 503));
  await upstream.forward(exchangeWith());
  assert.equal(sent.length, 1);
});

test('retries are a small part of the requests, however many fail', async () => {
  const { upstream, sent } = scripted({ ...ONE, retry: { ...QUICK, initialInterval: 0 } }, (attempt) =>
    answer(attempt, 503),
  );
  const requests = 500;
  await Promise.all(Array.from({ length: requests }, () => upstream.forward(exchangeWith())));
  const retries = sent.length - requests;
  assert.ok(retries > 0 && retries <= requests * 0.2 + 60, `${retries} retries`);
});

test('limits.requests bounds what is under way, and room comes back', async () => {
  const waiting: (() => void)[] = [];
  const { upstream } = scripted({ ...ONE, limits: { requests: 1 } }, (attempt) => {
    waiting.push(() => answer(attempt));
  });
  const first = upstream.forward(exchangeWith());
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-busy/);
  waiting[0]!();
  assert.ok('status' in (await first));
  const next = upstream.forward(exchangeWith());
  waiting[1]!();
  assert.ok('status' in (await next));
});

test('a client that goes away ends the try, and no other one begins', async () => {
  const { upstream, sent } = scripted({ ...TWO, retry: QUICK }, () => {});
  const x = exchangeWith();
  const outcome = upstream.forward(x);
  x.cancelUpstream?.();
  assert.match(await textOf(await outcome), /^refused: client-gone/);
  assert.equal(sent.length, 1);
});

test('a client that goes away during a pause ends the pause', async () => {
  const retry = { ...DEFAULT_RETRY, initialInterval: 60_000, maxInterval: 60_000 };
  const { upstream, sent } = scripted({ ...ONE, retry }, (attempt) => answer(attempt, 503));
  const x = exchangeWith();
  const outcome = upstream.forward(x);
  await until(() => sent.length === 1);
  x.cancelUpstream?.();
  assert.match(await textOf(await outcome), /^refused: client-gone/);
});

test('the total time covers all tries, and that of a gRPC call goes before it', async () => {
  const { upstream, sent } = scripted({ ...ONE, timeouts: { total: 20 } }, () => {});
  assert.match(await textOf(await upstream.forward(exchangeWith())), /^refused: upstream-timeout/);
  const call = scripted(ONE, () => {});
  const x = exchangeWith();
  x.grpc = { timeout: 20 } as GrpcCall;
  assert.match(await textOf(await call.upstream.forward(x)), /^refused: upstream-timeout/);
  assert.equal(sent.length, 1);
});

test('a tunnel may be open for longer than the total time', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  t.after(() => mock.reset());
  let given: unknown = null;
  const { upstream } = scripted({ ...ONE, timeouts: { total: 0 } }, (attempt) => {
    attempt.cancel = (because) => {
      given = because;
    };
    attempt.answered({ status: 101, headers: exchangeWith().outgoing!.headers, body: new StreamBody() });
  });
  const outcome = await upstream.forward(exchangeWith({ upgrade: 'websocket', body: new StreamBody() }));
  assert.ok('status' in outcome && outcome.status === 101);
  t.mock.timers.tick(10_000);
  assert.equal(given, null);
});
