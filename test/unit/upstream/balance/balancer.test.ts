import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import { Sweeper } from '../../../../src/base/sweeper.ts';
import { AddressBook } from '../../../../src/upstream/addresses.ts';
import { Balancer } from '../../../../src/upstream/balance/balancer.ts';
import { NO_PROXIES } from '../../../../src/upstream/connect/outbound-proxy.ts';
import { Endpoint } from '../../../../src/upstream/endpoint.ts';
import { type BalanceSpec, DEFAULT_LIMITS, DEFAULT_TIMEOUTS, originOf } from '../../../../src/upstream/spec.ts';
import { FakeTransport } from '../fake-transport.ts';
import { exchangeWith } from '../support.ts';

function endpoints(count: number, slowStart = 0): Endpoint[] {
  return Array.from({ length: count }, (_, i) => {
    const addresses = new AddressBook({ host: `192.0.2.${i}`, port: 80 }, systemClock);
    const origin = originOf(`http://e${i + 1}`);
    return new Endpoint(
      { origin, weight: 1, addresses, proxy: NO_PROXIES.http },
      {
        protocol: 'h1',
        tls: {},
        secureContext: () => assert.fail('no TLS here'),
        timeouts: DEFAULT_TIMEOUTS,
        limits: DEFAULT_LIMITS,
        slowStart,
        clock: systemClock,
        sweeper: new Sweeper(100),
        createTransport: (protocol, parts) => new FakeTransport(protocol, parts, () => {}),
      },
    );
  });
}

function picks(all: readonly Endpoint[], times: number, { now = 0, avoid = [] as readonly Endpoint[] } = {}) {
  const spec: BalanceSpec = { endpoints: [], policy: 'round-robin' };
  const balancer = new Balancer(all, spec);
  return Array.from({ length: times }, () => balancer.pick(exchangeWith(), now, avoid));
}

test('an endpoint that is down gets nothing', () => {
  const all = endpoints(3);
  all[1]!.condition.isDown = true;
  assert.equal(picks(all, 6).includes(all[1]!), false);
});

test('when health checks say that all are down, none is picked', () => {
  for (const count of [1, 2]) {
    const all = endpoints(count);
    for (const { condition } of all) condition.isDown = true;
    assert.deepEqual(picks(all, 1), [null]);
  }
});

test('when all that are not down were ejected, ejection counts for nothing', () => {
  const all = endpoints(3);
  all[0]!.condition.isDown = true;
  all[1]!.condition.ejectedUntil = 100;
  all[2]!.condition.ejectedUntil = 100;
  assert.deepEqual(new Set(picks(all, 4)), new Set([all[1], all[2]]));
  all[2]!.condition.ejectedUntil = 0;
  assert.deepEqual(new Set(picks(all, 4)), new Set([all[2]]));
});

test('those that were tried are avoided as long as there are others', () => {
  const all = endpoints(2);
  assert.deepEqual(picks(all, 2, { avoid: [all[0]!] }), [all[1], all[1]]);
  assert.deepEqual(new Set(picks(all, 2, { avoid: all })), new Set(all));
});

test('an endpoint that came back gets a tenth of its share at first, and all of it in the end', () => {
  const all = endpoints(2, 1000);
  all[0]!.condition.upSince = 0;
  const share = (now: number) => picks(all, 110, { now }).filter((one) => one === all[0]).length;
  assert.equal(share(0), 10);
  assert.equal(share(500), 37);
  assert.equal(share(1000), 55);
});
