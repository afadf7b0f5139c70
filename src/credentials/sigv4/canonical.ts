/** A request as its signature sees it. */
export interface SignedRequest {
  readonly method: string;
  /** As it is sent. */
  readonly path: string;
  /** As it is sent, without the question mark. */
  readonly query: string;
  /** Those that are signed: lower-case names, in any order, values of one name in theirs. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Hexadecimal SHA-256 of the body, or a word in its place. */
  readonly payload: string;
}

export interface Canonical {
  readonly text: string;
  /** Names, separated by semicolons. */
  readonly signedHeaders: string;
}

/** The canonical request of Signature Version 4. @param isS3 its keys are taken as they are, where others read paths */
export function canonicalRequest({ method, path, query, headers, payload }: SignedRequest, isS3: boolean): Canonical {
  const fields = canonicalHeaders(headers);
  const signedHeaders = fields.map(([name]) => name).join(';');
  const lines = fields.map(([name, value]) => `${name}:${value}\n`).join('');
  const uri = isS3 ? oncePath(path) : twicePath(path);
  return {
    text: `${method}\n${uri}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${payload}`,
    signedHeaders,
  };
}

function canonicalHeaders(headers: SignedRequest['headers']): [name: string, value: string][] {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const others = values.get(name) ?? [];
    others.push(value.trim().replace(/ +/g, ' '));
    values.set(name, others);
  }
  return [...values].map(([name, all]): [string, string] => [name, all.join(',')]).sort(byFirst);
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [encodedOnce(pair), '']
        : [encodedOnce(pair.slice(0, equals)), encodedOnce(pair.slice(equals + 1))];
    })
    .sort((a, b) => byFirst(a, b) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function oncePath(path: string): string {
  return path.split('/').map(encodedOnce).join('/');
}

/** Dot segments and repeated slashes are resolved, and what is encoded on the wire is encoded again. */
function twicePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(encoded(segment));
  }
  const isFolder = /(^|\/)\.{0,2}$/.test(path);
  return kept.length === 0 ? '/' : `/${kept.join('/')}${isFolder ? '/' : ''}`;
}

/** Everything but the unreserved characters of RFC 3986 2.3, percent-encoded. */
function encoded(text: string): string {
  return text.replace(/[^A-Za-z0-9\-._~]+/g, (some) => upperHex(Buffer.from(some, 'utf8')));
}

/** The same of text that is encoded already, however that was done. */
function encodedOnce(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~%]+|%/g, (some, hex: string | undefined) => {
    if (hex === undefined) return upperHex(Buffer.from(some, 'utf8'));
    return encoded(String.fromCharCode(Number.parseInt(hex, 16))).length === 1
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : `%${hex.toUpperCase()}`;
  });
}

function upperHex(bytes: Buffer): string {
  return bytes.toString('hex').toUpperCase().replace(/../g, '%$&');
}

function byFirst(a: readonly string[], b: readonly string[]): number {
  return compare(a[0] ?? '', b[0] ?? '');
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
