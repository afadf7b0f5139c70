import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { type OwnedUpstream, UpstreamRegistry } from '../../../src/compile/upstream-registry.ts';
import { refuse } from '../../../src/gateway/outcome.ts';

class Recorded implements OwnedUpstream {
  readonly authority = 'a.example';
  readonly name: string;
  state: 'idle' | 'started' | 'closed' = 'idle';

  constructor(name: string) {
    this.name = name;
  }

  start(): void {
    this.state = 'started';
  }

  async close(): Promise<void> {
    this.state = 'closed';
  }

  forward() {
    return refuse('upstream-unreachable', 'nothing is there');
  }

  async converse() {
    return refuse('upstream-unreachable', 'nothing is there');
  }
}

const GRACE_MS = 30_000;

function registry() {
  const made: Recorded[] = [];
  const create = (name: string) => {
    const upstream = new Recorded(name);
    made.push(upstream);
    return upstream;
  };
  return { made, upstreams: new UpstreamRegistry(create) };
}

const states = (made: readonly Recorded[]) => made.map(({ name, state }) => `${name} ${state}`);

test('an upstream of computed configs is there as long as one of them uses it', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { made, upstreams } = registry();
  const lease = upstreams.lease();
  const pool = lease.pool();
  lease.commit();
  assert.equal(pool.take('a'), pool.take('a'));
  assert.deepEqual(states(made), ['a started']);
  pool.release('a');
  mock.timers.tick(GRACE_MS);
  assert.deepEqual(states(made), ['a started']);
  pool.release('a');
  assert.deepEqual(states(made), ['a started'], 'a request may have chosen it and not reached it yet');
  mock.timers.tick(GRACE_MS);
  assert.deepEqual(states(made), ['a closed']);
});

test('a pool that is kept goes on, one that is not is closed, and requests of before are served', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { made, upstreams } = registry();
  const first = upstreams.lease();
  const [kept, dropped] = [first.pool(), first.pool()];
  first.commit();
  kept.take('kept');
  dropped.take('dropped');
  const second = upstreams.lease();
  second.keep(kept);
  second.commit();
  dropped.take('passing');
  assert.deepEqual(states(made), ['kept started', 'dropped started', 'passing started']);
  mock.timers.tick(GRACE_MS);
  assert.deepEqual(states(made), ['kept started', 'dropped closed', 'passing closed']);
});

test('what only a discarded compilation made is closed, and never starts', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const { made, upstreams } = registry();
  const lease = upstreams.lease();
  lease.pool().take('a');
  lease.discard();
  assert.deepEqual(states(made), ['a idle']);
  mock.timers.tick(GRACE_MS);
  assert.deepEqual(states(made), ['a closed']);
});

test('ever new upstreams do not pile up while they wait to be closed', async () => {
  const { made, upstreams } = registry();
  const lease = upstreams.lease();
  const pool = lease.pool();
  lease.commit();
  for (let i = 0; i < 1500; i++) {
    pool.take(String(i));
    pool.release(String(i));
  }
  assert.equal(made.filter(({ state }) => state === 'closed').length, 500);
  pool.take('used');
  await upstreams.close();
  assert.ok(made.every(({ state }) => state === 'closed'));
});
