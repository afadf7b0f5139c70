import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAccessToken } from '../../../identity/tokens/access-token-format.ts';
import { type Given, run } from './in-memory.ts';

type Fields = readonly (readonly [string, string])[];

async function forwarded(headers: Fields, given: Given = {}) {
  const { seen } = await run({ ...given, headers });
  return seen[0]!.headers;
}

test("the client's Authorization is ours unless the config passes it on", async () => {
  const headers: Fields = [['authorization', 'Basic dTpw']];
  assert.equal((await forwarded(headers)).get('authorization'), null);
  assert.equal(
    (await forwarded(headers, { config: { authorizationMode: 'pass' } })).get('authorization'),
    'Basic dTpw',
  );
});

test('a token of ours is never passed on, however it is spelled', async () => {
  const token = newAccessToken();
  for (const value of [`Bearer ${token}`, `bearer ${token}`, `Token ${token}`]) {
    const sent = await forwarded([['authorization', value]], { config: { authorizationMode: 'pass' } });
    assert.equal(sent.get('authorization'), null);
  }
  assert.equal((await forwarded([['x-ostiary-auth', token]])).get('x-ostiary-auth'), null);
});

test('our cookies are taken out, the others stay as they are', async () => {
  const cookie = 'a=1; __Host-ostiary-session=s; b=2;ostiary-binding-abc=t; c="x;y"';
  assert.equal((await forwarded([['cookie', cookie]])).get('cookie'), 'a=1; b=2; c="x; y"');
  assert.equal((await forwarded([['cookie', 'x=1;  y=2']])).get('cookie'), 'x=1;  y=2');
  assert.equal((await forwarded([['cookie', 'ostiary-session=s']])).get('cookie'), null);
});

test('cookies in several fields are each taken care of', async () => {
  const sent = await forwarded([
    ['cookie', 'ostiary-session=s'],
    ['cookie', 'a=1'],
  ]);
  assert.deepEqual(sent.all('cookie'), ['a=1']);
});

test('the upstream gets our request id', async () => {
  assert.equal((await forwarded([])).get('x-request-id'), '0123456789abcdef01234567');
});

const SPOKEN: Fields = [
  ['x-forwarded-for', '203.0.113.9'],
  ['forwarded', 'for=203.0.113.9'],
  ['x-real-ip', '203.0.113.9'],
];

test('DROP: no forwarding field reaches the upstream', async () => {
  const sent = await forwarded(SPOKEN);
  assert.deepEqual(
    [...sent].map(([name]) => name),
    ['x-request-id'],
  );
});

test('TRANSPARENT: what a trusted proxy said goes on, else what we saw ourselves', async () => {
  const config = { forwardedMode: 'transparent' } as const;
  assert.equal((await forwarded(SPOKEN, { config })).get('x-forwarded-for'), '203.0.113.9');
  const own = await forwarded([], { config });
  assert.equal(own.get('x-forwarded-for'), '192.0.2.1');
  assert.equal(own.get('x-forwarded-proto'), 'https');
  assert.equal(own.get('x-forwarded-host'), 'app.example.com');
});

test('OBFUSCATE: fields are there and say nothing of the client', async () => {
  const sent = await forwarded(SPOKEN, { config: { forwardedMode: 'obfuscate' } });
  assert.equal(sent.get('x-forwarded-for'), '10.0.0.1');
  assert.match(sent.get('forwarded') ?? '', /^for=_[a-z0-9]{6};by=_[a-z0-9]{6};proto=https;host=app\.example\.com$/);
  assert.ok(![...sent].some(([, value]) => value.includes('203.0.113.9') || value.includes('192.0.2.1')));
});
