import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DebugTokens, LONGEST_DEBUG_LIFE } from '../../../src/gateway/debug-tokens.ts';

const SECRET = new Uint8Array(32).fill(7);

function tokensAt(now: number, secret = SECRET): DebugTokens {
  return new DebugTokens(secret, { now: () => now });
}

test('a token is good until its end, in every process that shares the secret', () => {
  const { token, expiresAt } = tokensAt(1_000_000).issue(60_000);
  assert.equal(expiresAt, '1970-01-01T00:17:40.000Z');
  assert.equal(tokensAt(1_059_999).accepts(token), true);
  assert.equal(tokensAt(1_060_000).accepts(token), false);
});

test('no token lives longer than an hour', () => {
  const { token } = tokensAt(0).issue(10 * LONGEST_DEBUG_LIFE);
  assert.equal(tokensAt(LONGEST_DEBUG_LIFE).accepts(token), false);
});

test('what was not issued is refused', () => {
  const { token } = tokensAt(0).issue(60_000);
  const [, end, mac] = /^ost_debug_(\d+)_(.*)$/.exec(token)!;
  const forged = [
    '',
    'ost_debug_',
    `ost_debug_99999999999_${mac}`,
    `ost_debug_${end}_${'A'.repeat(43)}`,
    `ost_debug_${end}_${mac}A`,
    `ost_debug_0${end}_${mac}`,
    `ost_debug_${end}_${mac!.slice(0, -1)}`,
    `ost_debug_${end}_`,
    ` ${token}`,
    `${token}\n`,
    token.toUpperCase(),
    token.repeat(1000),
  ];
  for (const one of forged) assert.equal(tokensAt(0).accepts(one), false, one.slice(0, 80));
  assert.equal(tokensAt(0, new Uint8Array(32)).accepts(token), false, 'another secret');
});

test('a length that is no number makes no good token', () => {
  assert.equal(tokensAt(0).accepts(tokensAt(0).issue(Number.NaN).token), false);
});
