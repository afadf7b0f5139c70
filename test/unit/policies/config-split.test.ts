import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSelector } from '../../../policies/select.ts';
import { browserKey, newBrowserKey, setBrowserKey } from '../../../policies/split/browser-key.ts';
import { shareOf } from '../../../policies/split/shares.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { ConfigSplit } from '../../../src/model/index.ts';
import { anonymousInput, engine, input, request } from './fixtures.ts';

const shares = (weights: Readonly<Record<string, number>>) =>
  Object.entries(weights).map(([name, weight]) => ({ name, weight }));
const KEYS = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
const chosen = (weights: Readonly<Record<string, number>>, salt = 'api') =>
  KEYS.map((key) => shareOf(shares(weights), salt, key).name);
const countOf = (names: readonly string[], name: string) => names.filter((one) => one === name).length;

test('keys fall to configs as the weights say, in whatever order those stand', () => {
  const names = chosen({ v1: 90, v2: 9, v3: 1 });
  for (const [name, percent] of Object.entries({ v1: 90, v2: 9, v3: 1 })) {
    // five standard deviations
    const spread = 5 * Math.sqrt(KEYS.length * (percent / 100) * (1 - percent / 100));
    assert.ok(
      Math.abs(countOf(names, name) - (KEYS.length * percent) / 100) < spread,
      `${name}: ${countOf(names, name)}`,
    );
  }
  assert.deepEqual(chosen({ v3: 1, v2: 9, v1: 90 }), names);
  assert.deepEqual(chosen({ v1: 900, v2: 90, v3: 10 }), names);
});

test('another weight moves keys only to what grew', () => {
  const before = chosen({ v1: 95, v2: 5, v3: 5 });
  const after = chosen({ v1: 95, v2: 20, v3: 5 });
  const moved = before.flatMap((name, i) => (name === after[i] ? [] : [[name, after[i]]]));
  assert.ok(moved.length > 0 && moved.length < 0.2 * KEYS.length);
  assert.deepEqual([...new Set(moved.map(([, to]) => to))], ['v2']);
  const without = chosen({ v1: 95, v2: 5 });
  const left = before.filter((name, i) => name !== without[i]);
  assert.deepEqual([...new Set(left)], ['v3']);
});

test('the choice is the same for ever, and another one for another Service', () => {
  const first = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'].map((key) =>
    shareOf(shares({ v1: 1, v2: 1 }), 'api', key),
  );
  assert.deepEqual(
    first.map(({ name }) => name),
    ['v1', 'v1', 'v2', 'v1', 'v1', 'v2'],
  );
  const [api, shop] = [chosen({ v1: 50, v2: 50 }), chosen({ v1: 50, v2: 50 }, 'shop')];
  const both = api.filter((name, i) => name === shop[i]).length / KEYS.length;
  assert.ok(both > 0.45 && both < 0.55, String(both));
});

function selector(split: ConfigSplit) {
  const configs = new Map([
    ['v1', 'one'],
    ['v2', 'two'],
  ]);
  return compileSelector({
    rules: [{ condition: { matchAny: true }, split }],
    configs,
    defaultConfig: 'usual',
    compute: () => ({ kind: 'none' }),
    engine,
    service: 'api',
  });
}

const BOTH = [
  { name: 'v1', weight: 1 },
  { name: 'v2', weight: 1 },
];

function select(split: ConfigSplit, from = input()) {
  const compiled = selector(split);
  assert.ok(compiled.ok, JSON.stringify(compiled));
  return compiled.selector.select(from);
}

function configOf(split: ConfigSplit, from = input()): string {
  const selection = select(split, from);
  return selection.kind === 'selected' ? selection.config : selection.kind;
}

const expected = (key: string) => ({ v1: 'one', v2: 'two' })[shareOf(BOTH, 'api', key).name];

test('requests stay together by what stickyBy says', () => {
  for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '2001:db8::1']) {
    const from = input({ request: { clientAddress: address } });
    assert.equal(configOf({ configs: BOTH, stickyBy: 'ADDRESS' }, from), expected(address));
    assert.equal(configOf({ configs: BOTH, stickyBy: 'USER' }, from), expected('alice'));
    assert.equal(configOf({ configs: BOTH, stickyBy: 'SESSION' }, from), expected('session-1'));
    assert.equal(configOf({ configs: BOTH, stickyBy: { eval: '"a" + "b"' } }, from), expected('ab'));
  }
});

test('who has nothing of that kind goes by the address', () => {
  const { clientAddress } = anonymousInput.request!;
  for (const stickyBy of ['USER', 'SESSION', { eval: 'ctx.user.metadata.name' }] as const) {
    assert.equal(configOf({ configs: BOTH, stickyBy }, anonymousInput), expected(clientAddress));
  }
});

test('an expression that fails chooses nothing', () => {
  const selection = select({ configs: BOTH, stickyBy: { eval: 'string(1 / 0)' } });
  assert.equal(selection.kind, 'error');
});

test('without stickyBy both are drawn, a weight of 0 never is, and what is drawn says so', () => {
  const drawn = new Set(Array.from({ length: 100 }, () => configOf({ configs: BOTH })));
  assert.deepEqual([...drawn].sort(), ['one', 'two']);
  const never = [
    { name: 'v1', weight: 0 },
    { name: 'default', weight: 1 },
  ];
  assert.deepEqual([...new Set(Array.from({ length: 100 }, () => configOf({ configs: never })))], ['usual']);
  const selection = select({ configs: never });
  assert.deepEqual(selection.kind === 'selected' && selection.split, {
    shares: never,
    stickyBy: null,
    isDrawn: true,
    cookie: null,
  });
});

test('unknown configs, an expression that is none and weights of nothing are told with their place', () => {
  const unknown = selector({ configs: [{ name: 'v3', weight: 1 }], stickyBy: { eval: 'ctx.' } });
  assert.deepEqual(!unknown.ok && unknown.problems.map(({ path }) => path), [
    [0, 'split', 'configs', 0, 'name'],
    [0, 'split', 'stickyBy', 'eval'],
  ]);
  const nothing = selector({ configs: [{ name: 'v1', weight: 0 }] });
  assert.deepEqual(!nothing.ok && nothing.problems.map(({ path }) => path), [[0, 'split', 'configs']]);
});

const withCookies = (...fields: readonly string[]) =>
  request({ headers: HeaderList.from(fields.map((value) => ['cookie', value] as const)) });
const KEY = 'AbCdEfGhIjKlMn_-';

test('the cookie of a browser is taken as it was given, and nothing else is', () => {
  const name = '__Host-ostiary-split';
  assert.equal(browserKey(withCookies(`a=1;\t${name}=${KEY} ; b=2`)), KEY);
  assert.equal(browserKey(withCookies('a=1', `${name}=${KEY}`, `${name}=${KEY}`)), KEY);
  const nobodys: readonly (readonly string[])[] = [
    [],
    [`ostiary-split=${KEY}`],
    [`${name.toLowerCase()}=${KEY}`],
    [`\u00a0${name}=${KEY}`],
    [`${name}=${KEY}`, `${name}=${newBrowserKey()}`],
    [`${name}=${KEY}x`],
    [`${name}=`],
    [`${name}=v2`],
    [`${name}="${KEY.slice(2)}"`],
  ];
  for (const fields of nobodys) assert.equal(browserKey(withCookies(...fields)), null, fields.join(' | '));
});

test('the cookie is of one host, and of HTTPS where the request is', () => {
  assert.equal(
    setBrowserKey(request(), KEY),
    `__Host-ostiary-split=${KEY}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=7776000`,
  );
  assert.match(setBrowserKey(request({ scheme: 'http' }), KEY), /^ostiary-split=[^;]+; Path=\/; HttpOnly/);
});
