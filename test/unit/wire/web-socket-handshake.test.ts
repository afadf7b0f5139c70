import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isWebSocketHopField,
  isWebSocketKey,
  newWebSocketKey,
  webSocketAccept,
} from '../../../src/wire/web-socket/handshake.ts';

test('the example of RFC 6455 1.3 has the accept value that stands there', () => {
  assert.equal(webSocketAccept('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});

test('fresh keys are keys, and differ', () => {
  const [one, other] = [newWebSocketKey(), newWebSocketKey()];
  assert.ok(isWebSocketKey(one));
  assert.notEqual(one, other);
});

for (const value of [
  '',
  'dGhlIHNhbXBsZSBub25jZQ',
  'dGhlIHNhbXBsZSBub25jZQ==x',
  'dGhlIHNhbXBsZQ==',
  'dGhlIHNhbXBsZSBub25jZR==',
]) {
  test(`${JSON.stringify(value)} is no key`, () => assert.equal(isWebSocketKey(value), false));
}

test('only the fields of the hop itself stay on it', () => {
  assert.ok(isWebSocketHopField('sec-websocket-key'));
  assert.equal(isWebSocketHopField('sec-websocket-protocol'), false);
});
