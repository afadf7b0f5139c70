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

function injectorFor(auth: HttpAuth, value: string | null, version = () => 1) {
  return createInjector(auth, { openSecret: () => (value === null ? null : new SecretValue(value)), version });
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
    const x = exchangeWith({ headers });
    assert.equal(injectorFor(auth, MARKER)(x), null);
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
    const x = exchangeWith();
    const outcome = await injectorFor({ bearer: { fromSecret: 's' } }, value)(x);
    assert.ok(outcome !== null && 'reason' in outcome);
    assert.equal(outcome.reason, 'credential-unavailable');
    assert.match(outcome.detail ?? '', detail);
    assert.doesNotMatch(inspect(outcome, { depth: 9 }), new RegExp(MARKER));
    assert.equal(x.outgoing?.headers.size, 0);
  });
}

test('the header value is made once for each version of the Secret', () => {
  let version = 1;
  let opened = 0;
  const inject = createInjector(
    { bearer: { fromSecret: 's' } },
    { openSecret: () => new SecretValue(`value-${++opened}`), version: () => version },
  );
  const sent = () => {
    const x = exchangeWith();
    inject(x);
    return x.outgoing?.headers.get('authorization');
  };
  assert.deepEqual([sent(), sent()], ['Bearer value-1', 'Bearer value-1']);
  version = 2;
  assert.deepEqual([sent(), sent()], ['Bearer value-2', 'Bearer value-2']);
});

test('a Secret that appears later is used, and one that disappears is not', () => {
  let value: SecretValue | null = null;
  const inject = createInjector(
    { bearer: { fromSecret: 's' } },
    { openSecret: () => value, version: () => (value === null ? 0 : 1) },
  );
  assert.notEqual(inject(exchangeWith()), null);
  value = new SecretValue('x');
  assert.equal(inject(exchangeWith()), null);
  value = null;
  assert.notEqual(inject(exchangeWith()), null);
});

test('the hook shows nothing of the Secret when it is printed', () => {
  const inject = injectorFor({ bearer: { fromSecret: 's' } }, MARKER);
  inject(exchangeWith());
  assert.doesNotMatch(inspect(inject, { depth: 9, showHidden: true }), new RegExp(MARKER));
});

test('a header that belongs to the connection, or a user name that cannot be sent, is refused when compiled', () => {
  for (const header of ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'x y', '']) {
    const auth = { custom: { header, value: { fromSecret: 's' } } };
    assert.throws(
      () => injectorFor(auth, MARKER),
      (error) => error instanceof AppError && error.code === 'invalid',
    );
  }
  const colon = { basic: { username: 'a:b', password: { fromSecret: 's' } } };
  assert.throws(() => injectorFor(colon, MARKER), /colon/);
  assert.throws(() => injectorFor({}, MARKER), /not implemented/);
});
