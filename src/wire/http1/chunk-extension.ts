import { FIELD_TEXT, TOKEN } from './octets.ts';

/** Extensions are dropped, and nobody needs long ones (CVE-2023-39326, CVE-2024-22019). */
const EXTENSION_BYTES = 256;
const ALL_EXTENSION_BYTES = 16 * 1024;

const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

type Place = 'none' | 'name-begin' | 'name' | 'value-begin' | 'value' | 'quoted' | 'escaped' | 'quoted-end' | 'wrong';

/** Looks at the extensions of the chunks of one message: `*( ";" token [ "=" ( token / quoted-string ) ] )`. */
export class ChunkExtensions {
  #place: Place = 'none';
  #bytes = 0;
  #allBytes = 0;

  /** `false`: the octet may not stand there, or there are too many. */
  accept(octet: number): boolean {
    this.#bytes++;
    this.#allBytes++;
    if (this.#bytes > EXTENSION_BYTES || this.#allBytes > ALL_EXTENSION_BYTES) return false;
    this.#place = behind(this.#place, octet);
    return this.#place !== 'wrong';
  }

  /** The line ends. `false`: in the middle of an extension. */
  end(): boolean {
    const isWhole = this.#place === 'name' || this.#place === 'value' || this.#place === 'quoted-end';
    this.#place = 'none';
    this.#bytes = 0;
    return isWhole;
  }
}

/** RFC 9112 7.1.1, without the bad white space: whoever skips it and whoever does not read two things. */
function behind(place: Place, octet: number): Place {
  switch (place) {
    case 'none':
    case 'quoted-end':
      return octet === SEMICOLON ? 'name-begin' : 'wrong';
    case 'name-begin':
      return TOKEN[octet] === 1 ? 'name' : 'wrong';
    case 'name':
      return octet === EQUALS ? 'value-begin' : tokenOrNext('name', octet);
    case 'value-begin':
      if (octet === QUOTE) return 'quoted';
      return TOKEN[octet] === 1 ? 'value' : 'wrong';
    case 'value':
      return tokenOrNext('value', octet);
    case 'quoted':
      return octet === QUOTE ? 'quoted-end' : quotedText(octet === BACKSLASH ? 'escaped' : 'quoted', octet);
    case 'escaped':
      return quotedText('quoted', octet);
    case 'wrong':
      return 'wrong';
  }
}

function tokenOrNext(place: Place, octet: number): Place {
  if (TOKEN[octet] === 1) return place;
  return octet === SEMICOLON ? 'name-begin' : 'wrong';
}

function quotedText(next: Place, octet: number): Place {
  return FIELD_TEXT[octet] === 1 ? next : 'wrong';
}
