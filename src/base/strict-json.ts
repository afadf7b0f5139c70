import { endOfText } from './json-keys.ts';

export type StrictJson =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `ambiguous`: an object has the same key twice. */
  | { readonly kind: 'malformed' | 'ambiguous' | 'too-deep' };

/**
 * JSON (RFC 8259) that all who read the same bytes read alike: UTF-8 without a byte order mark, no key twice.
 *
 * @param mostNested how deep lists and objects may lie in one another
 */
export function parseStrictJson(bytes: Uint8Array, mostNested: number): StrictJson {
  try {
    const text = UTF8.decode(bytes);
    const members = membersIn(text, mostNested);
    if (members === TOO_DEEP) return { kind: 'too-deep' };
    const value: unknown = JSON.parse(text);
    // of a key that is there twice, one member is lost, with all that lies in it
    return membersOf(value) === members ? { kind: 'value', value } : { kind: 'ambiguous' };
  } catch {
    return { kind: 'malformed' };
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const TOO_DEEP = -1;

/**
 * How many members the objects of a text have, the same key counted as often as it stands there. Before it is parsed,
 * so the text need not be JSON.
 */
function membersIn(text: string, mostNested: number): number {
  let [depth, members] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfText(text, at);
        if (at < 0) return members;
        break;
      case 0x3a:
        members += 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > mostNested) return TOO_DEEP;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
  return members;
}

/** The same of what was parsed, which is not too deep for it. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) {
    let inList = 0;
    for (const one of value) inList += membersOf(one);
    return inList;
  }
  const keys = Object.keys(value);
  let members = keys.length;
  for (const key of keys) members += membersOf((value as Readonly<Record<string, unknown>>)[key]);
  return members;
}
