import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHandshake, readHttp2Handshake } from '../../../../src/downstream/web-socket/client-handshake.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const VERSION = ['sec-websocket-version', '13'];

test('a version and a key make a handshake', () => {
  assert.deepEqual(readHandshake([...VERSION, 'sec-websocket-key', KEY]), { kind: 'valid', key: KEY });
});

test('another version is told apart, so that it can be answered with ours', () => {
  const fields = ['sec-websocket-version', '8', 'sec-websocket-key', KEY];
  assert.deepEqual(readHandshake(fields), { kind: 'other-version' });
});

const MALFORMED: Readonly<Record<string, readonly string[]>> = {
  'no version': ['sec-websocket-key', KEY],
  'two versions': [...VERSION, ...VERSION, 'sec-websocket-key', KEY],
  'no key': VERSION,
  'two keys': [...VERSION, 'sec-websocket-key', KEY, 'sec-websocket-key', KEY],
  'a short key': [...VERSION, 'sec-websocket-key', 'AAAA'],
};

for (const [name, fields] of Object.entries(MALFORMED)) {
  test(`${name}: malformed`, () => assert.equal(readHandshake(fields).kind, 'malformed'));
}

test('over HTTP/2 there is no key, and the version counts', () => {
  assert.deepEqual(readHttp2Handshake(VERSION), { kind: 'valid', key: '' });
  assert.equal(readHttp2Handshake([]).kind, 'malformed');
  assert.equal(readHttp2Handshake(['sec-websocket-version', '12']).kind, 'other-version');
});
