import { openSigningKey, SIGNING_ALGORITHMS, type SigningKeyData } from './signing-key.ts';

const VERSION = 1;

export function formatRing(keys: readonly SigningKeyData[]): string {
  const list = keys.map(({ privateKey, ...key }) => ({
    ...key,
    privateKey: Buffer.from(privateKey).toString('base64url'),
  }));
  return JSON.stringify({ version: VERSION, keys: list });
}

/** `null` when the text is no ring. Why is not told: every detail would be about keys. */
export function parseRing(text: string): SigningKeyData[] | null {
  try {
    const { version, keys } = JSON.parse(text) as { version: unknown; keys: unknown[] };
    return version === VERSION ? keys.map(parseKey) : null;
  } catch {
    return null;
  }
}

/** @throws Error */
function parseKey(item: unknown): SigningKeyData {
  const { kid, algorithm, createdAt, signsFrom, privateKey } = item as Record<string, unknown>;
  const known = SIGNING_ALGORITHMS.find((one) => one === algorithm);
  if (typeof kid !== 'string' || known === undefined || typeof privateKey !== 'string') throw new TypeError('no key');
  if (typeof createdAt !== 'number' || typeof signsFrom !== 'number') throw new TypeError('no times');
  const key = { kid, algorithm: known, createdAt, signsFrom, privateKey: Buffer.from(privateKey, 'base64url') };
  if (openSigningKey(key).kid !== kid) throw new TypeError('another key');
  return key;
}
