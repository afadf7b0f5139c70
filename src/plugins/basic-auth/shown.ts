import type { HeaderList } from '../../base/header-list.ts';

export interface ShownPassword {
  readonly kind: 'shown';
  readonly username: string;
  readonly password: string;
}

export type Shown = ShownPassword | { readonly kind: 'nothing' } | { readonly kind: 'malformed'; readonly why: string };

const NOTHING: Shown = { kind: 'nothing' };
/** Bytes; a longer one would cost time to hash. */
const LONGEST_PASSWORD = 1024;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The name and the password of a request (RFC 7617). Scheme names have no case (RFC 9110 11.1). */
export function shownPassword(headers: HeaderList): Shown {
  const fields = headers.all('authorization');
  if (!fields.some((field) => /^basic(?: |$)/i.test(field))) return NOTHING;
  if (fields.length > 1) return malformed('authorization is repeated');
  const encoded = fields[0]!.slice('basic'.length).trim();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return malformed('it is not base64');
  const text = textOf(Buffer.from(encoded, 'base64'));
  if (text === null) return malformed('it is not UTF-8, or has control characters');
  const colon = text.indexOf(':');
  if (colon < 0) return malformed('it has no colon');
  const password = text.slice(colon + 1);
  if (Buffer.byteLength(password) > LONGEST_PASSWORD) return malformed('the password is too long');
  return { kind: 'shown', username: text.slice(0, colon), password };
}

function textOf(bytes: Buffer): string | null {
  try {
    const text = UTF8.decode(bytes);
    return hasControls(text) ? null : text;
  } catch {
    return null;
  }
}

/** RFC 7617 2: neither name nor password has any. */
function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function malformed(why: string): Shown {
  return { kind: 'malformed', why };
}
