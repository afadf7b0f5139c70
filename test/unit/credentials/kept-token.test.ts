import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { SecretValue } from '../../../src/base/secret-value.ts';
import { KeptToken } from '../../../src/credentials/tokens/kept-token.ts';
import { readTokenAnswer, type TokenAnswer } from '../../../src/credentials/tokens/token-answer.ts';
import { tokenRequest } from '../../../src/credentials/tokens/token-endpoint.ts';
import { TestClock } from '../../support/test-clock.ts';

const MINUTE = 60_000;

/** An endpoint that gives numbered tokens of that life, or what it is told to. */
function world(lifetimeMs = 10 * MINUTE) {
  const clock = new TestClock();
  const kept = new KeptToken(clock);
  let asked = 0;
  let instead: TokenAnswer | null = null;
  const ask = async (): Promise<TokenAnswer> => {
    asked++;
    return instead ?? { kind: 'token', value: new SecretValue(`token-${asked}`), lifetimeMs };
  };
  return {
    clock,
    kept,
    asked: () => asked,
    fails: (answer: TokenAnswer | null) => {
      instead = answer;
    },
    value: async () => {
      const given = await kept.take(ask);
      return given instanceof SecretValue ? given.reveal() : given.because;
    },
    raw: async () => (await kept.take(ask)) as SecretValue,
  };
}

const DOWN: TokenAnswer = { kind: 'failed', because: 'down' };

test('a crowd asks once, and one token serves it until it is old', async () => {
  const { value, asked, clock } = world();
  const crowd = await Promise.all(Array.from({ length: 50 }, value));
  assert.deepEqual([new Set(crowd).size, asked()], [1, 1]);
  clock.advance(7 * MINUTE);
  assert.deepEqual([await value(), asked()], ['token-1', 1]);
});

test('it is renewed before it ends, and nobody waits for that', async () => {
  const { value, asked, clock } = world();
  await value();
  clock.advance(8 * MINUTE + 1);
  assert.equal(await value(), 'token-1');
  assert.equal(asked(), 2);
  assert.equal(await value(), 'token-2');
});

test('it is not used to its very end', async () => {
  const { value, fails, clock } = world();
  await value();
  fails(DOWN);
  clock.advance(10 * MINUTE - 10_001);
  assert.equal(await value(), 'token-1');
  clock.advance(MINUTE);
  assert.equal(await value(), 'down');
});

test('after failures the endpoint is left alone, longer each time, and then asked again', async () => {
  const { value, asked, fails, clock } = world();
  fails(DOWN);
  assert.equal(await value(), 'down');
  for (let i = 0; i < 20; i++) assert.equal(await value(), 'down');
  assert.equal(asked(), 1);
  clock.advance(1_000);
  await value();
  clock.advance(1_999);
  await value();
  assert.equal(asked(), 2);
  clock.advance(1);
  fails(null);
  assert.equal(await value(), 'token-3');
});

test('a failed renewal leaves the old token alone, and does not ask with every request', async () => {
  const { value, asked, fails, clock } = world();
  await value();
  clock.advance(9 * MINUTE);
  fails(DOWN);
  for (let i = 0; i < 10; i++) assert.equal(await value(), 'token-1');
  assert.equal(asked(), 2);
});

test('one that the upstream refuses is replaced once a minute at most, whoever provokes it', async () => {
  const { kept, raw, asked, clock } = world();
  const first = await raw();
  kept.refused(first);
  const second = await raw();
  assert.equal(second.reveal(), 'token-2');
  for (let i = 0; i < 10; i++) {
    kept.refused(second);
    kept.refused(first);
    assert.equal(await raw(), second);
  }
  assert.equal(asked(), 2);
  clock.advance(MINUTE);
  kept.refused(first);
  assert.equal(await raw(), second);
  kept.refused(second);
  assert.equal((await raw()).reveal(), 'token-3');
});

test('a short life is used for its short time; one that has passed on the way is a failure', async () => {
  const { value, asked, clock } = world(1_000);
  assert.equal(await value(), 'token-1');
  clock.advance(900);
  assert.deepEqual([await value(), asked()], ['token-2', 2]);
  const late = new KeptToken(clock);
  const slow = async (): Promise<TokenAnswer> => {
    clock.advance(2_000);
    return { kind: 'token', value: new SecretValue('x'), lifetimeMs: 1_000 };
  };
  assert.match(inspect(await late.take(slow)), /had ended/);
});

const GOOD = { access_token: 'abc', token_type: 'Bearer', expires_in: 60 };
const ANSWERS: readonly (readonly [what: string, status: number, body: unknown, expected: RegExp])[] = [
  ['plain', 200, GOOD, /lifetimeMs: 60000/],
  ['seconds as text', 200, { ...GOOD, expires_in: '60' }, /lifetimeMs: 60000/],
  ['no lifetime', 200, { ...GOOD, expires_in: undefined }, /lifetimeMs: 300000/],
  ['another case', 200, { ...GOOD, token_type: 'bearer' }, /lifetimeMs/],
  ['ended', 200, { ...GOOD, expires_in: 0 }, /has ended/],
  ['before it began', 200, { ...GOOD, expires_in: -1 }, /has ended/],
  ['no number', 200, { ...GOOD, expires_in: 'soon' }, /has ended/],
  ['NaN', 200, { ...GOOD, expires_in: Number.NaN }, /has ended/],
  ['endless', 200, { ...GOOD, expires_in: 1e300 }, /lifetimeMs: 31536000000/],
  ['no token', 200, { token_type: 'Bearer' }, /no token/],
  ['a token with a line break', 200, { ...GOOD, access_token: 'a\r\nX-Admin: 1' }, /no token that can be sent/],
  ['a token of more than ASCII', 200, { ...GOOD, access_token: 'ä' }, /no token that can be sent/],
  ['an object', 200, { ...GOOD, access_token: {} }, /no token that can be sent/],
  ['a giant', 200, { ...GOOD, access_token: 'a'.repeat(12_001) }, /too long/],
  ['DPoP', 200, { ...GOOD, token_type: 'DPoP' }, /no bearer token/],
  ['no type', 200, { ...GOOD, token_type: undefined }, /no bearer token/],
  ['an array', 200, [GOOD], /no token/],
  ['no JSON', 200, null, /no token/],
  ['refused', 401, { error: 'invalid_client', error_description: 's3cret' }, /status 401 \(invalid_client\)/],
  ['refused with text', 400, { error: 's3cret\n' }, /status 400'/],
  ['created', 201, GOOD, /status 201/],
];

for (const [what, status, body, expected] of ANSWERS) {
  test(`an answer of a token endpoint: ${what}`, () => {
    const read = inspect(readTokenAnswer({ status, body }));
    assert.match(read, expected);
    assert.doesNotMatch(read, /s3cret|abc|X-Admin/);
  });
}

test('the client proves itself in the head or in the form, and in one of them only', () => {
  const asking = {
    clientID: 'a:b c',
    clientSecret: { fromSecret: 's' },
    tokenURL: 'https://issuer.example/token',
    scopes: ['read', 'write'],
    audience: 'api',
  };
  const inHead = tokenRequest(asking, 'ü%', { grant_type: 'client_credentials' });
  assert.equal(inHead.headers.authorization, `Basic ${Buffer.from('a%3Ab+c:%C3%BC%25').toString('base64')}`);
  assert.equal(inHead.form.toString(), 'grant_type=client_credentials&scope=read+write&audience=api');
  const inForm = tokenRequest({ ...asking, clientAuthentication: 'client_secret_post' }, 'ü%', { grant_type: 'x' });
  assert.deepEqual(inForm.headers, {});
  assert.equal(inForm.form.get('client_secret'), 'ü%');
});
