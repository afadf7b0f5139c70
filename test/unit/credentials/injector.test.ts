import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AppError } from '../../../src/base/errors.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { createInjector } from '../../../src/credentials/injector.ts';
import type { HttpAuth } from '../../../src/model/index.ts';
import { exchangeWith } from '../upstream/support.ts';

const MARKER = 'marker-0123456789';

/** An exchange whose snapshot has one value for every Secret. */
function holding(value: string | null, version = 1, change: Parameters<typeof exchangeWith>[0] = {}) {
  const secret = value === null ? null : new SecretValue(value);
  return exchangeWith(change, { open: () => secret, version: () => (secret === null ? 0 : version) });
}

const KINDS: readonly (readonly [auth: HttpAuth, header: string, value: string])[] = [
  [{ bearer: { fromSecret: 's' } }, 'authorization', `Bearer ${MARKER}`],
  [
    { basic: { username: 'jürgen', password: { fromSecret: 's' } } },
    'authorization',
    `Basic ${Buffer.from(`jürgen:${MARKER}`).toString('base64')}`,
  ],
  [{ custom: { header: 'X-Api-Key', value: { fromSecret: 's' } } }, 'x-api-key', MARKER],
];

for (const [auth, header, value] of KINDS) {
  test(`${Object.keys(auth)[0]} replaces what is there`, () => {
    const headers = HeaderList.from([
      [header, 'of the client'],
      [header, 'again'],
      ['x-kept', '1'],
    ]);
    const x = holding(MARKER, 1, { headers });
    assert.equal(createInjector(auth)(x), null);
    assert.deepEqual(
      [...x.outgoing!.headers],
      [
        [header, value],
        ['x-kept', '1'],
      ],
    );
  });
}

const UNUSABLE: readonly (readonly [value: string | null, detail: RegExp])[] = [
  [null, /"s" is missing/],
  ['', /"s" is empty/],
  [`${MARKER}\n`, /"s" cannot be a header value/],
  [`${MARKER}\r\nX: 1`, /"s" cannot be a header value/],
  [`${MARKER}\x00`, /"s" cannot be a header value/],
  [`${MARKER}é`, /"s" cannot be a header value/],
];

for (const [value, detail] of UNUSABLE) {
  test(`a Secret that is ${JSON.stringify(value)} refuses, and is not told`, async () => {
    const x = holding(value);
    const outcome = await createInjector({ bearer: { fromSecret: 's' } })(x);
    assert.ok(outcome !== null && 'reason' in outcome);
    assert.equal(outcome.reason, 'credential-unavailable');
    assert.match(outcome.detail ?? '', detail);
    assert.doesNotMatch(inspect(outcome, { depth: 9 }), new RegExp(MARKER));
    assert.equal(x.outgoing?.headers.size, 0);
  });
}

test('the header value is made once for each version of the Secret', () => {
  const inject = createInjector({ bearer: { fromSecret: 's' } });
  let opened = 0;
  const sent = (version: number) => {
    const x = exchangeWith({}, { open: () => new SecretValue(`value-${++opened}`), version: () => version });
    inject(x);
    return x.outgoing?.headers.get('authorization');
  };
  assert.deepEqual([sent(1), sent(1)], ['Bearer value-1', 'Bearer value-1']);
  assert.deepEqual([sent(2), sent(2)], ['Bearer value-2', 'Bearer value-2']);
});

test('a Secret that appears later is used, and one that disappears is not', () => {
  const inject = createInjector({ bearer: { fromSecret: 's' } });
  assert.notEqual(inject(holding(null)), null);
  assert.equal(inject(holding('x')), null);
  assert.notEqual(inject(holding(null)), null);
});

test('a request that is pinned to an older configuration gets the value of its time, whoever came in between', () => {
  const inject = createInjector({ bearer: { fromSecret: 's' } });
  const [before, after] = [holding('old', 1), holding('new', 2)];
  inject(after);
  inject(before);
  assert.equal(before.outgoing?.headers.get('authorization'), 'Bearer old');
});

test('the hook shows nothing of the Secret when it is printed', () => {
  const inject = createInjector({ bearer: { fromSecret: 's' } });
  inject(holding(MARKER));
  assert.doesNotMatch(inspect(inject, { depth: 9, showHidden: true }), new RegExp(MARKER));
});

test('a header that belongs to the connection, or a user name that cannot be sent, is refused when compiled', () => {
  for (const header of ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'x y', '']) {
    const auth = { custom: { header, value: { fromSecret: 's' } } };
    assert.throws(
      () => createInjector(auth),
      (error) => error instanceof AppError && error.code === 'invalid',
    );
  }
  const colon = { basic: { username: 'a:b', password: { fromSecret: 's' } } };
  assert.throws(() => createInjector(colon), /colon/);
  assert.throws(() => createInjector({}), /no kind/);
});
