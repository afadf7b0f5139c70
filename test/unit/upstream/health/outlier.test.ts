import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Condition } from '../../../../src/upstream/health/condition.ts';
import { OutlierDetector } from '../../../../src/upstream/health/outlier.ts';
import { DEFAULT_OUTLIER, type OutlierSpec } from '../../../../src/upstream/spec.ts';
import { answer, scripted, several, unreachable } from '../fake-transport.ts';
import { exchangeWith } from '../support.ts';

function detector(count: number, change: Partial<OutlierSpec> = {}) {
  const all = Array.from({ length: count }, () => new Condition());
  const spec = { ...DEFAULT_OUTLIER, consecutiveFailures: 1, ejectionTime: 100, maxEjectionTime: 300, ...change };
  return { all, one: all[0]!, outliers: new OutlierDetector(spec, all) };
}

test('failures in a row eject, and a success in between begins the count anew', () => {
  const { one, outliers } = detector(2, { consecutiveFailures: 3 });
  outliers.failed(one, 0);
  outliers.failed(one, 0);
  outliers.succeeded(one);
  outliers.failed(one, 0);
  outliers.failed(one, 0);
  assert.equal(one.isEjected(0), false);
  outliers.failed(one, 0);
  assert.equal(one.isEjected(0), true);
});

test('each further ejection is twice as long, up to a limit, and a good time makes up for it', () => {
  const { one, outliers } = detector(2);
  let now = 0;
  const times = [];
  for (let i = 0; i < 4; i++) {
    outliers.failed(one, now);
    times.push(one.ejectedUntil - now);
    now = one.ejectedUntil;
  }
  assert.deepEqual(times, [100, 200, 300, 300]);
  now += 1000;
  outliers.failed(one, now);
  assert.equal(one.ejectedUntil - now, 100);
});

test('only a share is ejected at once, at least one, and never all', () => {
  const ejected = (count: number, maxEjectedPercent: number) => {
    const { all, outliers } = detector(count, { maxEjectedPercent });
    for (const one of all) outliers.failed(one, 0);
    return all.filter((one) => one.isEjected(0)).length;
  };
  assert.equal(ejected(10, 50), 5);
  assert.equal(ejected(10, 1), 1);
  assert.equal(ejected(3, 100), 2);
  assert.equal(ejected(1, 100), 0);
});

test('an endpoint that fails gets no more requests, while the others do', async () => {
  const outlier = { ...DEFAULT_OUTLIER, consecutiveFailures: 2 };
  const spec = { balance: { endpoints: several(3), policy: 'round-robin' as const, outlier } };
  const { upstream, hosts } = scripted(spec, (attempt, host) => answer(attempt, host === 'e2' ? 500 : 200));
  for (let i = 0; i < 30; i++) await upstream.forward(exchangeWith());
  assert.equal(hosts().filter((host) => host === 'e2').length, 2);
});

test('failures to connect count, and a client that goes away does not', async () => {
  const outlier = { ...DEFAULT_OUTLIER, consecutiveFailures: 2 };
  const spec = { balance: { endpoints: several(2), policy: 'round-robin' as const, outlier } };
  const failing = scripted(spec, (attempt, host) => (host === 'e1' ? unreachable(attempt) : answer(attempt)));
  for (let i = 0; i < 20; i++) await failing.upstream.forward(exchangeWith());
  assert.equal(failing.hosts().filter((host) => host === 'e1').length, 2);
  const leaving = scripted(spec, () => {});
  for (let i = 0; i < 20; i++) {
    const x = exchangeWith();
    const outcome = leaving.upstream.forward(x);
    x.cancelUpstream?.();
    await outcome;
  }
  assert.equal(leaving.hosts().filter((host) => host === 'e1').length, 10);
});
