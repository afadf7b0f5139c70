import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../src/base/errors.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import type { Outcome } from '../../../src/gateway/outcome.ts';
import type { HeaderRules, HostHeader } from '../../../src/model/service/headers.ts';
import { plugin as headers } from '../../../src/plugins/headers/headers.ts';
import { authorized, deps } from './support.ts';

const CLIENTS = [
  ['x-a', '1'],
  ['x-a', '2'],
  ['x-b', '3'],
] as const;

async function request(config: HeaderRules): Promise<{ x: Exchange; outcome: Outcome | null }> {
  const x = authorized({ headers: HeaderList.from(CLIENTS) });
  const outcome = (await headers.create(config, deps).onAuthorized?.(x)) ?? null;
  return { x, outcome };
}

async function requestFields(config: HeaderRules): Promise<[string, string][]> {
  const { x, outcome } = await request(config);
  assert.equal(outcome, null);
  return [...x.outgoing!.headers];
}

test('adding replaces every field of that name', async () => {
  assert.deepEqual(await requestFields({ addRequestHeaders: [{ key: 'X-A', value: 'new' }] }), [
    ['x-a', 'new'],
    ['x-b', '3'],
  ]);
});

test('appending keeps what is there', async () => {
  const config = { addRequestHeaders: [{ key: 'X-B', value: 'new', append: true }] };
  assert.deepEqual(await requestFields(config), [...CLIENTS.map((field) => [...field]), ['x-b', 'new']]);
});

test('removing comes after adding', async () => {
  const config = { addRequestHeaders: [{ key: 'x-c', value: 'new' }], removeRequestHeaders: ['X-C', 'x-a'] };
  assert.deepEqual(await requestFields(config), [['x-b', '3']]);
});

test('a value may be evaluated; what is absent is not set, and what the client sent in its place is gone', async () => {
  const added = [
    { key: 'x-c', eval: 'made' },
    { key: 'x-b', eval: 'absent' },
  ];
  assert.deepEqual(await requestFields({ addRequestHeaders: added, removeRequestHeaders: ['x-a'] }), [['x-c', 'made']]);
});

test('text beyond ASCII is sent as UTF-8', async () => {
  const added = [
    { key: 'x-c', eval: 'Zoë 世' },
    { key: 'x-d', value: 'Zoë' },
  ];
  const fields = await requestFields({ addRequestHeaders: added, removeRequestHeaders: ['x-a', 'x-b'] });
  assert.deepEqual(
    fields.map(([, value]) => Buffer.from(value, 'latin1').toString('utf8')),
    ['Zoë 世', 'Zoë'],
  );
});

for (const source of ['error', 'a\r\nX-Evil: 1', 'a\x00', 'x'.repeat(9000)]) {
  test(`an expression that gives ${JSON.stringify(source.slice(0, 20))} refuses the request`, async () => {
    const { outcome } = await request({ addRequestHeaders: [{ key: 'x-c', eval: source }] });
    assert.ok(outcome !== null && 'reason' in outcome);
    assert.equal(outcome.reason, 'plugin-error');
  });
}

test('an expression without its input refuses', async () => {
  const x = authorized();
  x.input = null;
  const outcome = await headers.create({ addRequestHeaders: [{ key: 'x', eval: 'made' }] }, deps).onAuthorized?.(x);
  assert.ok(outcome && 'reason' in outcome && outcome.reason === 'plugin-error');
});

const HOSTS: readonly (readonly [rule: HostHeader, authority: string | null])[] = [
  [{ preserve: true }, 'a.example:8443'],
  [{ preserve: false }, null],
  [{ value: 'Other.example:81' }, 'Other.example:81'],
  [{ value: '[::1]:81' }, '[::1]:81'],
  [{ eval: 'made.example' }, 'made.example'],
  [{ eval: 'absent' }, null],
];

for (const [rule, authority] of HOSTS) {
  test(`host ${JSON.stringify(rule)} is ${authority}`, async () => {
    const { x, outcome } = await request({ host: rule, addRequestHeaders: [{ key: 'x-c', value: 'c' }] });
    assert.equal(outcome, null);
    assert.equal(x.outgoing?.authority, authority);
  });
}

test('an evaluated host that is none refuses', async () => {
  for (const source of ['a b', 'user@a.example', 'a/b', 'a:b', '', 'error']) {
    const { x, outcome } = await request({ host: { eval: source } });
    assert.ok(outcome !== null && 'reason' in outcome, source);
    assert.equal(x.outgoing?.authority, null);
  }
});

test('answers are changed in the same way', async () => {
  const plugin = headers.create(
    {
      addResponseHeaders: [
        { key: 'X-A', value: 'new' },
        { key: 'x-c', eval: 'made' },
      ],
      removeResponseHeaders: ['Server'],
    },
    deps,
  );
  assert.equal(plugin.onAuthorized, undefined);
  const x = authorized();
  x.response = { status: 200, headers: HeaderList.from([...CLIENTS, ['server', 'theirs']]), body: null };
  await plugin.onResponse?.(x);
  assert.deepEqual(
    [...x.response.headers],
    [
      ['x-a', 'new'],
      ['x-b', '3'],
      ['x-c', 'made'],
    ],
  );
  const failing = headers.create({ addResponseHeaders: [{ key: 'x', eval: 'error' }] }, deps);
  assert.throws(() => failing.onResponse?.(x), AppError);
});

test('nothing to do, no hooks', () => {
  assert.deepEqual(headers.create({}, deps), {});
  assert.deepEqual(headers.create({ addRequestHeaders: [], removeResponseHeaders: [], host: {} }, deps), {});
});

const WRONG: readonly (readonly [config: HeaderRules, message: RegExp])[] = [
  [{ addRequestHeaders: [{ key: 'x y', value: '1' }] }, /not a header name/],
  [{ addRequestHeaders: [{ key: '', value: '1' }] }, /not a header name/],
  [{ addRequestHeaders: [{ key: 'x', value: 'a\nb' }] }, /control character/],
  [{ addRequestHeaders: [{ key: 'x' }] }, /one of value, eval and liquid/],
  [{ addRequestHeaders: [{ key: 'x', value: '1', eval: 'made' }] }, /one of value, eval and liquid/],
  [{ addRequestHeaders: [{ key: 'x', eval: 'nonsense' }] }, /no expression/],
  [{ addRequestHeaders: [{ key: 'Host', value: 'x' }] }, /http\.header\.host/],
  [{ removeRequestHeaders: ['Content-Length'] }, /made from the body/],
  [{ addResponseHeaders: [{ key: 'Transfer-Encoding', value: 'x' }] }, /belongs to a connection/],
  [{ removeResponseHeaders: ['Connection'] }, /belongs to a connection/],
  [{ host: { value: 'a b' } }, /not a host/],
];

for (const [config, message] of WRONG) {
  test(`refused when compiled: ${JSON.stringify(config)}`, () => {
    assert.throws(() => headers.create(config, deps), message);
  });
}
