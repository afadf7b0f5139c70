import { createPublicKey } from 'node:crypto';
import { padSignature } from './ecdsa-signature.ts';
import type { PasskeyFactor } from './factor.ts';

/** What an answer is held to. */
export interface Expected {
  readonly challenge: string;
  /** Of the auth host, with its port. */
  readonly origin: string;
  /** The relying party's id: the domain. */
  readonly domain: string;
}

export interface NewPasskey {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly algorithm: PasskeyFactor['algorithm'];
  readonly signCount: number;
  readonly transports: readonly string[];
}

/** A credential as `passkey.js` sends it; anybody may send anything. */
type Answer = Readonly<Record<string, unknown>>;

const MOST_TEXT = 16_384;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** WebAuthn 6.1: flags behind the hash of the relying party's id. */
const FLAGS_AT = 32;
const USER_PRESENT = 1;

/** Whom this answer to a registration makes known, `null` when it is not to be believed. Attestation is not looked at. */
export async function verifyNewPasskey(text: string, expected: Expected): Promise<NewPasskey | null> {
  return soundly(async () => {
    const { id, response, transports } = readRegistration(text);
    const json = {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      response,
      user: { name: '' },
    } as const;
    const { server } = await library();
    const info = await server.verifyRegistration(json, { ...expected, userVerified: true });
    const { algorithm, publicKey } = info.credential;
    if (!isPresent(response.authenticatorData) || !isOurs(response.clientDataJSON)) return null;
    if (algorithm === 'EdDSA' || !isKeyOf(algorithm, publicKey)) return null;
    return { credentialId: id, publicKey, algorithm, signCount: info.authenticator.counter, transports };
  });
}

/** The counter that a passkey showed with a good signature, `null` when the answer is not to be believed. */
export async function verifyShownPasskey(
  text: string,
  passkey: PasskeyFactor,
  expected: Expected,
): Promise<number | null> {
  return soundly(async () => {
    const { id, response } = readAssertion(text, passkey.algorithm);
    const { credentialId, publicKey, algorithm, signCount } = passkey;
    const credential = { id: credentialId, publicKey, algorithm, transports: [] };
    const json = { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response } as const;
    const check = { ...expected, userVerified: true, counter: signCount };
    const { server } = await library();
    const { counter } = await server.verifyAuthentication(json, credential, check);
    return isOurs(response.clientDataJSON) ? counter : null;
  });
}

/** Which passkey the answer is about; `null` when it is malformed. */
export function credentialIdOf(text: string): string | null {
  try {
    return base64url(parse(text).id);
  } catch {
    return null;
  }
}

/** When it is needed first: reading it takes 50 ms, and most processes see no passkey. */
function library() {
  return import('@passwordless-id/webauthn');
}

/** The library throws for whatever is wrong, and on malformed input anything at all. */
async function soundly<T>(verify: () => Promise<T | null>): Promise<T | null> {
  try {
    return await verify();
  } catch {
    return null;
  }
}

function readRegistration(text: string) {
  const { id, response } = parse(text);
  const { clientDataJSON, authenticatorData, publicKey, publicKeyAlgorithm, transports } = response as Answer;
  const known = Array.isArray(transports) ? transports.filter(isTransport) : [];
  return {
    id: base64url(id),
    transports: known,
    response: {
      attestationObject: '',
      clientDataJSON: base64url(clientDataJSON),
      authenticatorData: base64url(authenticatorData),
      publicKey: base64url(publicKey),
      publicKeyAlgorithm: Number(publicKeyAlgorithm),
      transports: known,
    },
  };
}

function readAssertion(text: string, algorithm: PasskeyFactor['algorithm']) {
  const { id, response } = parse(text);
  const { clientDataJSON, authenticatorData, signature } = response as Answer;
  const signed = base64url(signature);
  return {
    id: base64url(id),
    response: {
      clientDataJSON: base64url(clientDataJSON),
      authenticatorData: base64url(authenticatorData),
      signature: algorithm === 'ES256' ? padSignature(signed) : signed,
    },
  };
}

function parse(text: string): Answer {
  if (text.length > MOST_TEXT) throw new TypeError('too long');
  return JSON.parse(text) as Answer;
}

function base64url(value: unknown): string {
  if (typeof value !== 'string' || !BASE64URL.test(value)) throw new TypeError('not base64url');
  return value;
}

const TRANSPORTS = ['ble', 'hybrid', 'internal', 'nfc', 'usb', 'smart-card'] as const;

function isTransport(value: unknown): value is (typeof TRANSPORTS)[number] {
  return (TRANSPORTS as readonly unknown[]).includes(value);
}

/** The library looks at it in assertions only (WebAuthn 7.1, step 16). */
function isPresent(authenticatorData: string): boolean {
  return ((Buffer.from(authenticatorData, 'base64url')[FLAGS_AT] ?? 0) & USER_PRESENT) !== 0;
}

/** Our pages are never framed (WebAuthn 7.2, steps 14 and 15). */
function isOurs(clientDataJSON: string): boolean {
  const { crossOrigin, topOrigin } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
  return crossOrigin !== true && topOrigin === undefined;
}

function isKeyOf(algorithm: PasskeyFactor['algorithm'], publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64url'), format: 'der', type: 'spki' });
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (algorithm === 'ES256') return key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1';
  return key.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
}
