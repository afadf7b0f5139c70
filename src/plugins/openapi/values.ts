/** Values by name, in their order. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** `application/x-www-form-urlencoded`; `null` when something in it is not percent-encoded UTF-8. */
export function queryValues(query: string): Values | null {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = decoded(equals < 0 ? '' : part.slice(equals + 1));
    if (name === null || value === null) return null;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}

function decoded(text: string): string | null {
  return percentDecoded(text.replaceAll('+', ' '));
}

export function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** RFC 6265, 4.2.1. */
export function cookieValues(headers: readonly string[]): Values {
  const values = new Map<string, string[]>();
  for (const pair of headers.flatMap((header) => header.split(';'))) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim();
    values.set(name, [...(values.get(name) ?? []), pair.slice(equals + 1).trim()]);
  }
  return values;
}
