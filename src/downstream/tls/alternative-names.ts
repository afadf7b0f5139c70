/** The names of a certificate, by their kind as OpenSSL writes it: `DNS`, `email`, `URI`, `IP Address`, … */
export interface AlternativeName {
  readonly kind: string;
  readonly value: string;
}

/**
 * Reads `X509Certificate.subjectAltName`: `DNS:a.example, URI:"x, y"`. A value that could be taken for several is quoted
 * there as a JSON string (CVE-2021-44532), so nothing is split that stands in quotes. `null` when it cannot be read.
 */
export function parseAlternativeNames(text: string): AlternativeName[] | null {
  const names: AlternativeName[] = [];
  let at = 0;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    if (colon < 0) return null;
    const end = endOfValue(text, colon + 1);
    const value = unquoted(text.slice(colon + 1, end));
    if (value === null || (end < text.length && !text.startsWith(', ', end))) return null;
    names.push({ kind: text.slice(at, colon), value });
    at = end + 2;
  }
  return names;
}

function endOfValue(text: string, from: number): number {
  if (text[from] !== '"') {
    const comma = text.indexOf(', ', from);
    return comma < 0 ? text.length : comma;
  }
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return text.length;
}

function unquoted(value: string): string | null {
  if (!value.startsWith('"')) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'string' ? parsed : null;
  } catch {
    return null;
  }
}
