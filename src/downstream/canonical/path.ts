import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { isPathCharacter, isUnreserved, isVisibleAscii } from './characters.ts';
import { codePointAt, escapeOf, octetAt } from './escapes.ts';
import { isLookAlike } from './look-alikes.ts';
import { resolveSegments } from './segments.ts';

const SLASH = 0x2f;
const DOT = 0x2e;
const SEMICOLON = 0x3b;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const HASH = 0x23;

/** Some upstreams take `;a=b/x` for a parameter of its segment and drop it, others for part of a name. */
const PARAMETER = 'it holds a semicolon';

/**
 * The one spelling of a path (RFC 3986 6.2.2): escapes of unreserved characters decoded, other escapes in upper
 * case, characters that no URL may hold escaped, slashes merged, dot segments removed. What an upstream might read
 * in another way is refused, not guessed.
 */
export function canonicalPath(path: string): string | Refusal {
  return isCanonicalAlready(path) ? path : normalise(path);
}

/** Most paths are: one pass without an allocation. May say no to a path that is canonical; the slow way mends that. */
function isCanonicalAlready(path: string): boolean {
  if (path.charCodeAt(0) !== SLASH) return false;
  let previous = SLASH;
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (previous === SLASH && (code === SLASH || code === DOT)) return false;
    if (code === SEMICOLON || (code !== SLASH && !isPathCharacter(code))) return false;
    previous = code;
  }
  return true;
}

function normalise(path: string): string | Refusal {
  if (path.charCodeAt(0) !== SLASH) return refused('it does not begin with a slash');
  const decoded = decode(path);
  if (typeof decoded !== 'string') return decoded;
  // An upstream that decodes twice would see another path than the one that was decided about.
  if (hasDoubleEscape(decoded)) return refused('it is encoded twice');
  return resolveSegments(decoded) ?? refused('a blank hides an empty or a dot segment');
}

function decode(path: string): string | Refusal {
  let decoded = '';
  for (let i = 0; i < path.length; ) {
    const code = path.charCodeAt(i);
    if (code === SEMICOLON) return refused(PARAMETER);
    if (code !== PERCENT) {
      const text = plainCharacter(code);
      if (text === null) return refused('it holds a character that must be escaped');
      decoded += text;
      i++;
      continue;
    }
    const unescaped = readEscape(path, i);
    if (typeof unescaped !== 'string') return unescaped;
    decoded += unescaped;
    i += sourceLength(path, i);
  }
  return decoded;
}

/** Browsers leave some printable characters unescaped that RFC 3986 does not allow; escaping them loses nothing. */
function plainCharacter(code: number): string | null {
  if (code === SLASH || isPathCharacter(code)) return String.fromCharCode(code);
  return !isVisibleAscii(code) || code === BACKSLASH || code === HASH ? null : escapeOf(code);
}

function readEscape(path: string, at: number): string | Refusal {
  const octet = octetAt(path, at);
  if (octet < 0) return refused('it holds a malformed escape');
  return octet < 0x80 ? asciiEscape(octet) : wideEscape(path, at, octet);
}

function asciiEscape(octet: number): string | Refusal {
  if (octet < 0x20 || octet === 0x7f) return refused('it holds an escaped control character');
  if (octet === SLASH || octet === BACKSLASH) return refused('it holds an escaped slash or backslash');
  if (octet === SEMICOLON) return refused(PARAMETER);
  return isUnreserved(octet) ? String.fromCharCode(octet) : escapeOf(octet);
}

function wideEscape(path: string, at: number, lead: number): string | Refusal {
  const read = codePointAt(path, at, lead);
  if (read === null) return refused('its escapes are not valid UTF-8');
  if (read.codePoint < 0xa0) return refused('it holds an escaped control character');
  if (isLookAlike(read.codePoint)) return refused('it holds a character that looks like part of an ASCII path');
  return path.slice(at, at + read.octets * 3).toUpperCase();
}

/** How much of the path the escape at `at` takes; it was read before and is well-formed. */
function sourceLength(path: string, at: number): number {
  const octet = octetAt(path, at);
  return octet < 0xc2 ? 3 : octet < 0xe0 ? 6 : octet < 0xf0 ? 9 : 12;
}

function hasDoubleEscape(decoded: string): boolean {
  for (let at = decoded.indexOf('%25'); at >= 0; at = decoded.indexOf('%25', at + 3)) {
    if (octetAt(`%${decoded.slice(at + 3, at + 5)}`, 0) >= 0) return true;
  }
  return false;
}

function refused(because: string): Refusal {
  return refuse('bad-path', `the path is refused: ${because}`);
}
