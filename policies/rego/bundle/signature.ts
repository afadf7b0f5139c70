import {
  constants,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { AppError, messageOf } from '../../../src/base/errors.ts';
import type { ArchiveFile } from '../tar.ts';
import { canonicalJsonSha256 } from './canonical-json.ts';

export type SignatureAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'HS256';

/** How the signature of a bundle is checked (OPA: bundle signing). The algorithm is never taken from the bundle. */
export interface Verification {
  readonly algorithm: SignatureAlgorithm;
  /** A public key in PEM, the shared secret for HS256; `null`: it is not there, so nothing can be verified. */
  readonly key: string | null;
  /** What the signature must be made for; `null`: no scope. */
  readonly scope: string | null;
  /** A bundle without a signature is refused. */
  readonly required: boolean;
}

export const SIGNATURES = '.signatures.json';

/** Files that OPA hashes as documents; all others are hashed as they are. */
const DOCUMENTS: ReadonlySet<string> = new Set(['data.json', '.manifest']);

/** @throws AppError unless every file is covered by the one signature, and nothing else is */
export function verifySignature(files: readonly ArchiveFile[], verification: Verification): void {
  const signatures = files.find(({ name }) => name === SIGNATURES);
  if (signatures === undefined) {
    if (verification.required) throw refused('it is not signed');
    return;
  }
  const payload = verifiedPayload(tokenOf(signatures.bytes), verification);
  const scope = payload.scope ?? '';
  if (scope !== (verification.scope ?? '')) throw refused(`its signature is for the scope ${JSON.stringify(scope)}`);
  const signed = signedFiles(payload.files);
  for (const file of files) if (file.name !== SIGNATURES) checkFile(file, signed);
  const [absent] = signed.keys();
  if (absent !== undefined) throw refused(`"${absent}" is signed and not there`);
}

function tokenOf(bytes: Buffer): string {
  const document = parseObject(bytes, SIGNATURES);
  const { signatures } = document;
  if (!Array.isArray(signatures) || signatures.length !== 1 || typeof signatures[0] !== 'string') {
    throw refused(`${SIGNATURES} must have exactly one signature`);
  }
  return signatures[0];
}

function verifiedPayload(token: string, verification: Verification): Record<string, unknown> {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = parseObject(Buffer.from(head, 'base64url'), 'the header of the signature');
  const { algorithm, key } = verification;
  if (more.length > 0 || header.alg !== algorithm) throw refused(`its signature is not made with ${algorithm}`);
  if (key === null) throw refused('the key that verifies it is not there');
  const verified = ALGORITHMS[algorithm](`${head}.${body}`, Buffer.from(signature, 'base64url'), key);
  if (!verified) throw refused('its signature does not verify');
  return parseObject(Buffer.from(body, 'base64url'), 'the payload of the signature');
}

type Verify = (signed: string, signature: Buffer, key: string) => boolean;

/** RFC 7518 section 3.1. */
const ALGORITHMS: Readonly<Record<SignatureAlgorithm, Verify>> = {
  RS256: (signed, signature, key) => verify('sha256', Buffer.from(signed), publicKey(key, 'rsa'), signature),
  PS256: (signed, signature, key) => {
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    return verify('sha256', Buffer.from(signed), { key: publicKey(key, 'rsa'), ...padding }, signature);
  },
  ES256: (signed, signature, key) => {
    return verify('sha256', Buffer.from(signed), { key: publicKey(key, 'ec'), dsaEncoding: 'ieee-p1363' }, signature);
  },
  HS256: (signed, signature, key) => {
    const expected = createHmac('sha256', key).update(signed).digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  },
};

function publicKey(pem: string, type: 'rsa' | 'ec'): KeyObject {
  const key = readKey(pem);
  if (key.asymmetricKeyType !== type) throw refused('the key that verifies it is of another type');
  return key;
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (thrown) {
    throw refused(`the key that verifies it cannot be read: ${messageOf(thrown)}`);
  }
}

function signedFiles(files: unknown): Map<string, string> {
  if (!Array.isArray(files)) throw refused('its signature lists no files');
  return new Map(files.map((file) => signedFile(file)));
}

function signedFile(file: unknown): [string, string] {
  const { name, hash, algorithm = 'SHA-256' } = (file ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string' || typeof hash !== 'string') throw refused('its signature lists a file without a hash');
  if (algorithm !== 'SHA-256') throw refused(`"${name}" is hashed with ${String(algorithm)}; SHA-256 is needed`);
  return [name, hash.toLowerCase()];
}

/** Takes the file off the list. */
function checkFile({ name, bytes }: ArchiveFile, signed: Map<string, string>): void {
  const expected = signed.get(name);
  if (expected === undefined) throw refused(`"${name}" is not signed`);
  if (sha256Of(name, bytes) !== expected) throw refused(`"${name}" is not what was signed`);
  signed.delete(name);
}

function sha256Of(name: string, bytes: Buffer): string {
  const isDocument = DOCUMENTS.has(name.slice(name.lastIndexOf('/') + 1));
  return isDocument ? canonicalJsonSha256(bytes) : createHash('sha256').update(bytes).digest('hex');
}

function parseObject(bytes: Buffer, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // told below, without quoting what was sent
  }
  throw refused(`${what} is not a JSON object`);
}

function refused(why: string): AppError {
  return new AppError('refused', `the bundle is refused: ${why}`);
}
