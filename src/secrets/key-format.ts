import { createSecretKey, type KeyObject } from 'node:crypto';

/** A 256-bit key of the ring. As a `KeyObject` it does not print its bytes. */
export interface RingKey {
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly key: KeyObject;
}

export interface RingKeys {
  readonly current: RingKey;
  readonly byId: ReadonlyMap<string, RingKey>;
}

const KEY_BYTES = 32;
const VERSION = 1;

export function formatKeys(keys: RingKeys): string {
  const list = [...keys.byId.values()].map(({ id, createdAt, key }) => ({
    id,
    createdAt,
    key: key.export().toString('base64url'),
  }));
  return `${JSON.stringify({ version: VERSION, current: keys.current.id, keys: list }, null, 2)}\n`;
}

/** `null` when the text is no key ring. Why is not told: every detail would be about keys. */
export function parseKeys(text: string): RingKeys | null {
  const content = parseJson(text);
  if (!isRecord(content) || content.version !== VERSION || !Array.isArray(content.keys)) return null;
  const byId = new Map<string, RingKey>();
  for (const item of content.keys) {
    const key = parseKey(item);
    if (key === null || byId.has(key.id)) return null;
    byId.set(key.id, key);
  }
  const current = byId.get(String(content.current));
  return current === undefined ? null : { current, byId };
}

function parseKey(item: unknown): RingKey | null {
  if (!isRecord(item)) return null;
  const { id, createdAt, key } = item;
  if (typeof id !== 'string' || id === '' || typeof createdAt !== 'string' || typeof key !== 'string') return null;
  const bytes = Buffer.from(key, 'base64url');
  const exact = bytes.length === KEY_BYTES && bytes.toString('base64url') === key;
  return exact ? { id, createdAt, key: createSecretKey(bytes) } : null;
}

/** The parser's own error is dropped because it quotes the text, and the text is keys. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
