import assert from 'node:assert/strict';
import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { padSignature } from '../../../../identity/factors/ecdsa-signature.ts';
import type { PasskeyFactor } from '../../../../identity/factors/factor.ts';
import { verifyNewPasskey, verifyShownPasskey } from '../../../../identity/factors/web-authn.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const SPKI = publicKey.export({ format: 'der', type: 'spki' }).toString('base64url');
const EXPECTED = { challenge: 'Y2hhbGxlbmdl', origin: 'https://gate.example', domain: 'gate.example' };
const ID = 'Y3JlZGVudGlhbA';
const PASSKEY: PasskeyFactor = {
  type: 'FIDO',
  name: 'alice-aaaaaa',
  uid: 'u',
  label: 'Passkey',
  user: { name: 'alice' },
  state: 'ACTIVE',
  createdAt: '2026-01-01T00:00:00.000Z',
  usedAt: null,
  credentialId: ID,
  publicKey: SPKI,
  algorithm: 'ES256',
  signCount: 0,
  transports: [],
};

const [UP, UV] = [1, 4];

interface Said {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly domain?: string;
  readonly flags?: number;
  readonly count?: number;
}

function authenticatorData({ domain = EXPECTED.domain, flags = UP | UV, count = 1 }: Said, rest = Buffer.of()): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(count);
  return Buffer.concat([createHash('sha256').update(domain).digest(), Buffer.of(flags), counter, rest]);
}

function clientData(said: Said, type: string): Buffer {
  const { challenge = EXPECTED.challenge, origin = EXPECTED.origin, crossOrigin = false, topOrigin } = said;
  return Buffer.from(JSON.stringify({ type: said.type ?? type, challenge, origin, crossOrigin, topOrigin }));
}

function assertion(said: Said = {}, id = ID): string {
  const client = clientData(said, 'webauthn.get');
  const data = authenticatorData(said);
  const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
  const signature = createSign('sha256').update(signed).sign(privateKey);
  const [clientDataJSON, authData] = [client.toString('base64url'), data.toString('base64url')];
  return JSON.stringify({
    id,
    response: { clientDataJSON, authenticatorData: authData, signature: signature.toString('base64url') },
  });
}

function registration(said: Said = {}, more: object = {}): string {
  const response = {
    clientDataJSON: clientData(said, 'webauthn.create').toString('base64url'),
    authenticatorData: authenticatorData(said, Buffer.alloc(64)).toString('base64url'),
    publicKey: SPKI,
    publicKeyAlgorithm: -7,
    transports: ['internal', 'made-up'],
    ...more,
  };
  return JSON.stringify({ id: ID, response });
}

const LIES: Readonly<Record<string, Said>> = {
  'another challenge': { challenge: 'YW5vdGhlcg' },
  'another origin': { origin: 'https://gate.example.evil.example' },
  'a Service’s origin': { origin: 'https://app.gate.example' },
  'the same host on another port': { origin: 'https://gate.example:8443' },
  'another relying party': { domain: 'evil.example' },
  'a frame in another site': { crossOrigin: true },
  'a top origin': { topOrigin: 'https://evil.example' },
  'nobody present': { flags: UV },
  'nobody verified': { flags: UP },
};

describe('an assertion', () => {
  test('that is sound gives its counter', async () => {
    assert.equal(await verifyShownPasskey(assertion({ count: 7 }), PASSKEY, EXPECTED), 7);
  });

  for (const [what, said] of Object.entries({ ...LIES, 'a registration': { type: 'webauthn.create' } })) {
    test(`with ${what} is refused`, async () => {
      assert.equal(await verifyShownPasskey(assertion(said), PASSKEY, EXPECTED), null);
    });
  }

  test('of another credential, with another key, or changed, is refused', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
    const spki = other.export({ format: 'der', type: 'spki' }).toString('base64url');
    assert.equal(await verifyShownPasskey(assertion({}, 'b3RoZXI'), PASSKEY, EXPECTED), null);
    assert.equal(await verifyShownPasskey(assertion(), { ...PASSKEY, publicKey: spki }, EXPECTED), null);
    const answer = JSON.parse(assertion());
    answer.response.authenticatorData = authenticatorData({ count: 9 }).toString('base64url');
    assert.equal(await verifyShownPasskey(JSON.stringify(answer), PASSKEY, EXPECTED), null);
  });

  test('whose counter did not go up shows a copied authenticator', async () => {
    const counted = { ...PASSKEY, signCount: 5 };
    const given = [4, 5, 6, 0].map((count) => verifyShownPasskey(assertion({ count }), counted, EXPECTED));
    assert.deepEqual(await Promise.all(given), [null, null, 6, null]);
    assert.equal(await verifyShownPasskey(assertion({ count: 0 }), PASSKEY, EXPECTED), 0, 'it does not count at all');
  });

  test('is understood with every length of its numbers', async () => {
    // One signature in about 128 has a number with a leading zero byte, which DER leaves out.
    const answers = Array.from({ length: 1500 }, () => assertion());
    const given = await Promise.all(answers.map((answer) => verifyShownPasskey(answer, PASSKEY, EXPECTED)));
    assert.equal(given.filter((count) => count === null).length, 0);
  });

  test('that is malformed is refused', async () => {
    const missing = JSON.stringify({ id: ID, response: {} });
    const long = JSON.stringify({ id: ID, filler: 'x'.repeat(20_000) });
    for (const text of ['', 'null', '[]', '{}', '{"id":1}', missing, long]) {
      assert.equal(await verifyShownPasskey(text, PASSKEY, EXPECTED), null, text.slice(0, 20));
    }
  });
});

describe('a registration', () => {
  test('that is sound gives the credential', async () => {
    assert.deepEqual(await verifyNewPasskey(registration({ count: 3 }), EXPECTED), {
      credentialId: ID,
      publicKey: SPKI,
      algorithm: 'ES256',
      signCount: 3,
      transports: ['internal'],
    });
  });

  for (const [what, said] of Object.entries({ ...LIES, 'an assertion': { type: 'webauthn.get' } })) {
    test(`with ${what} is refused`, async () => {
      assert.equal(await verifyNewPasskey(registration(said), EXPECTED), null);
    });
  }

  test('with a weak, strange or mismatched key is refused', async () => {
    const spki = (key: typeof publicKey) => key.export({ format: 'der', type: 'spki' }).toString('base64url');
    const weak = spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey);
    const curve = spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey);
    const ed = spki(generateKeyPairSync('ed25519').publicKey);
    const cases: readonly (readonly [string, number])[] = [
      [weak, -257],
      [curve, -7],
      [ed, -8],
      [SPKI, -257],
      [weak, -7],
      ['AAAA', -7],
      [SPKI, -35],
    ];
    for (const [key, algorithm] of cases) {
      const text = registration({}, { publicKey: key, publicKeyAlgorithm: algorithm });
      assert.equal(await verifyNewPasskey(text, EXPECTED), null, `${algorithm}`);
    }
  });
});

describe('padding a signature', () => {
  test('refuses what is none', () => {
    const der = (...bytes: number[]) => Buffer.from(bytes).toString('base64url');
    const bad = [
      der(),
      der(0x30, 0),
      der(0x31, 6, 2, 1, 1, 2, 1, 1),
      der(0x30, 6, 2, 1, 1, 2, 2, 1),
      der(0x30, 3, 2, 1, 1),
    ];
    for (const text of bad) assert.throws(() => padSignature(text), TypeError);
    assert.throws(() => padSignature(der(0x30, 38, 2, 33, 1, ...new Array(32).fill(1), 2, 1, 1)), TypeError);
  });
});
