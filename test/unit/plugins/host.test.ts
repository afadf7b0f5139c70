import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostHeader } from '../../../src/model/service/headers.ts';
import { plugin as host } from '../../../src/plugins/host/host.ts';
import { authorized, deps } from './support.ts';

const HOSTS: readonly (readonly [rule: HostHeader, authority: string | null])[] = [
  [{ preserve: true }, 'a.example:8443'],
  [{ value: 'Other.example:81' }, 'Other.example:81'],
  [{ eval: 'made.example' }, 'made.example'],
  [{ eval: 'absent' }, null],
];

for (const [rule, authority] of HOSTS) {
  test(`${JSON.stringify(rule)} is ${authority}`, async () => {
    const x = authorized();
    assert.equal(await host.create(rule, deps).onAuthorized?.(x), null);
    assert.equal(x.outgoing?.authority, authority);
  });
}

test('what is no host throws, which refuses the request', () => {
  for (const source of ['a b', 'user@a.example', 'a/b', 'a:b', '', 'error', 'a\r\nb']) {
    assert.throws(() => host.create({ eval: source }, deps).onAuthorized?.(authorized()), source);
  }
});

test('a fixed one that is none is refused when compiled', () => {
  assert.throws(() => host.create({ value: 'a b' }, deps), /not a host/);
});

test('nothing to do, no hooks', () => assert.deepEqual(host.create({ preserve: false }, deps), {}));
