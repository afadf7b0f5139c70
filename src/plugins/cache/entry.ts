import type { HeaderList } from '../../base/header-list.ts';

/** An answer that is kept. Nobody changes it; what is validated is kept anew. */
export interface Entry {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** Fields of the request that its Vary names and the key does not hold, with the values of then. */
  readonly varied: readonly (readonly [name: string, value: string])[];
  readonly freshness: Freshness;
}

/** Monotonic milliseconds. */
export interface Freshness {
  /** When the answer was made, as far as can be told (RFC 9111 4.2.3). */
  readonly madeAt: number;
  readonly lifetime: number;
  /** `no-cache`: the upstream is asked each time. */
  readonly isAlwaysValidated: boolean;
  /** Never used when it is stale, whatever the client would take. */
  readonly isStrict: boolean;
}

/** What an entry takes beside its texts and its body: objects, and its places in tables. */
const OVERHEAD = 1024;

/** Bytes, roughly and rather too many. */
export function sizeOf({ headers, body, varied }: Entry, key: string): number {
  let characters = key.length;
  for (const text of headers.flat) characters += text.length + 16;
  for (const [name, value] of varied) characters += name.length + value.length;
  return body.byteLength + 2 * characters + OVERHEAD;
}

/** Whether it was kept for a request with such fields. */
export function fits({ varied }: Entry, headers: HeaderList): boolean {
  for (const [name, value] of varied) if (joined(headers, name) !== value) return false;
  return true;
}

/** All fields of a name as one text. */
export function joined(headers: HeaderList, name: string): string {
  return headers.all(name).join('\n');
}

/** Copies: a text that was cut from a head keeps the whole head in memory. */
export function ownTexts(texts: readonly string[]): string[] {
  return texts.map((text) => Buffer.from(text, 'latin1').toString('latin1'));
}
