import { endOfText, hasRepeatedKey } from './json-keys.ts';

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
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (nestsDeeper(text, mostNested)) return { kind: 'too-deep' };
    const value: unknown = JSON.parse(text);
    return hasRepeatedKey(text) ? { kind: 'ambiguous' } : { kind: 'value', value };
  } catch {
    return { kind: 'malformed' };
  }
}

/** Before it is parsed, so the text need not be JSON. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfText(text, at);
        if (at < 0) return false;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > most) return true;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
    }
  }
  return false;
}
