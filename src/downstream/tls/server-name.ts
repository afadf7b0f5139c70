import { isIP } from 'node:net';

const LONGEST_NAME = 253;

/**
 * The name that a client asks for in its TLS handshake, in the spelling that hosts have: lower case, without a trailing
 * dot. `null` for what is no host name (RFC 6066 3: ASCII, no address). Never throws.
 */
export function canonicalServerName(text: string): string | null {
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (name.length === 0 || name.length > LONGEST_NAME || isIP(name) !== 0) return null;
  for (let i = 0; i < name.length; i++) if (!isNameCharacter(name.charCodeAt(i))) return null;
  return name.startsWith('.') || name.endsWith('.') || name.includes('..') ? null : name;
}

/** Letters, digits, hyphen, dot, and the underscore that some names have. */
function isNameCharacter(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x5f
  );
}
