/**
 * Queries as lists of parts between ampersands. Parts that nobody asks for stay byte for byte as they were; an empty
 * query has none.
 */
export function partsOf(query: string): string[] {
  return query === '' ? [] : query.split('&');
}

/** `true`: it has that name. `unclear`: some upstreams would read another name out of it. */
export function hasName(part: string, name: string): boolean | 'unclear' {
  if (decodedName(part) === name) return true;
  // Some upstreams take a semicolon for an ampersand (HTML 4.01, B.2.2).
  const isHidden = part.includes(';') && part.split(';').some((piece) => decodedName(piece) === name);
  return isHidden ? 'unclear' : false;
}

/** One that stands for itself, with everything encoded that could end it. */
export function encodedPart(name: string, value: string): string {
  return `${encoded(name)}=${encoded(value)}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** As upstreams read it: `+` is a blank, and what is no escape stands for itself. */
function decodedName(part: string): string {
  const equals = part.indexOf('=');
  const name = equals < 0 ? part : part.slice(0, equals);
  if (!/[%+]/.test(name)) return name;
  const octets = name.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, (_, hex: string) => octet(hex));
  return Buffer.from(octets, 'latin1').toString('utf8');
}

function octet(hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}
