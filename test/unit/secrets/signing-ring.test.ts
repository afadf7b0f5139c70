import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { KeyRing } from '../../../src/secrets/key-ring.ts';
import { signJwt } from '../../../src/secrets/signing/sign-jwt.ts';
import { SigningKeys } from '../../../src/secrets/signing/signing-keys.ts';
import { PUBLISHED_AHEAD_MS, type SealedRingStore, SigningRing } from '../../../src/secrets/signing/signing-ring.ts';
import { textVault } from '../../../src/secrets/text-vault.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { TestClock } from '../../support/test-clock.ts';

const DAY = 86_400_000;

class Shelf implements SealedRingStore {
  text: string | null = null;
  get = async () => this.text;
  add = (text: string) => this.#set(text, null);
  replace = (text: string, former: string) => this.#set(text, former);
  #set(text: string, former: string | null): boolean {
    if (this.text !== former) return false;
    this.text = text;
    return true;
  }
}

function world() {
  const [shelf, clock, warnings] = [new Shelf(), new TestClock(), [] as string[]];
  const texts = textVault(KeyRing.open(temporaryDirectory()));
  const newRing = (vault = texts) =>
    new SigningRing({ store: shelf, texts: vault, clock, warn: (message) => void warnings.push(message) });
  const ring = newRing();
  const keys = new SigningKeys();
  const kid = (algorithm: 'EDDSA' | 'ES256' = 'EDDSA') => keys.current(algorithm, clock.now())!.kid;
  const published = () => keys.published(clock.now()).map((jwk) => jwk.kid);
  return { shelf, clock, warnings, newRing, ring, keys, kid, published };
}

test('the first keys sign at once; new ones are published before, and former ones for a week after', async () => {
  const { ring, keys, clock, kid, published } = world();
  keys.replace(await ring.keep());
  const first = kid();
  keys.replace(await ring.rotate());
  assert.equal(published().length, 4);
  clock.advance(PUBLISHED_AHEAD_MS - 1);
  assert.equal(kid(), first);
  clock.advance(1);
  const second = kid();
  assert.notEqual(second, first);
  clock.advance(8 * DAY - 1);
  assert.ok(published().includes(first));
  clock.advance(1);
  assert.ok(!published().includes(first));
  keys.replace(await ring.keep());
  assert.equal(kid(), second);
  assert.equal(published().length, 2);
});

test('keys of 30 days are replaced; younger ones stay as they are', async () => {
  const { ring, clock, shelf } = world();
  const first = await ring.keep();
  clock.advance(30 * DAY - 1);
  const before = shelf.text;
  assert.deepEqual(await ring.keep(), first);
  assert.equal(shelf.text, before);
  clock.advance(1);
  const all = await ring.keep();
  assert.equal(all.length, 4);
  assert.ok(all.slice(2).every(({ signsFrom }) => signsFrom === clock.now() + PUBLISHED_AHEAD_MS));
  assert.deepEqual((await ring.keep()).length, 4);
});

test('processes that begin at once end with the same keys', async () => {
  const { newRing } = world();
  const given = await Promise.all(Array.from({ length: 3 }, () => newRing().keep()));
  const kids = given.map((keys) => keys.map(({ kid }) => kid));
  assert.deepEqual(kids[1], kids[0]);
  assert.deepEqual(kids[2], kids[0]);
});

test('what is stored shows no key, and another key ring cannot open it', async () => {
  const { ring, shelf, newRing, warnings } = world();
  const [key] = await ring.keep();
  const secret = Buffer.from(key!.privateKey).subarray(-32);
  for (const form of ['base64', 'base64url', 'hex'] as const) assert.ok(!shelf.text!.includes(secret.toString(form)));
  const others = await newRing(textVault(KeyRing.open(temporaryDirectory()))).keep();
  assert.notEqual(others[0]!.kid, key!.kid);
  assert.match(warnings.join(), /cannot be opened: new ones are made/);
});

test('there is always a key to sign with, also when the clock was put back', async () => {
  const { ring, keys, clock, kid } = world();
  keys.replace(await ring.keep());
  const first = kid();
  clock.advance(-DAY);
  assert.equal(kid(), first);
});

for (const algorithm of ['EDDSA', 'ES256'] as const) {
  test(`${algorithm}: jose verifies what is signed, by the published key`, async () => {
    const { ring, keys, clock } = world();
    keys.replace(await ring.keep());
    const key = keys.current(algorithm, clock.now())!;
    const token = signJwt(key, 'JWT', { sub: 'é' });
    const set = createLocalJWKSet({ keys: keys.published(clock.now()).map((jwk) => ({ ...jwk })) });
    const { payload, protectedHeader } = await jwtVerify(token, set, { typ: 'JWT' });
    assert.equal(payload.sub, 'é');
    assert.equal(protectedHeader.kid, key.kid);
    assert.ok(!inspect(key, { depth: 9 }).includes('PRIVATE'));
    assert.ok(!JSON.stringify(keys.published(clock.now())).includes('"d"'));
  });
}
