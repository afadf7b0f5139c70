/** The directives of a Cache-Control field (RFC 9111 5.2), names in lower case; without a value: empty text. */
export type Directives = ReadonlyMap<string, string>;

const NONE: Directives = new Map();

/** What two fields say differently is believed by nobody. */
const AMBIGUOUS = 'ambiguous';

/** @param values of all fields of that name */
export function parseDirectives(values: readonly string[]): Directives {
  if (values.length === 0) return NONE;
  const found = new Map<string, string>();
  for (const part of values.flatMap(splitOutsideQuotes)) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name === '') continue;
    const value = equals < 0 ? '' : unquoted(part.slice(equals + 1).trim());
    const before = found.get(name);
    found.set(name, before === undefined || before === value ? value : AMBIGUOUS);
  }
  return found;
}

/** Milliseconds; `null` when it is not there. One that is not understood counts as none left (RFC 9111 4.2.1). */
export function millisecondsOf(directives: Directives, name: string): number | null {
  const value = directives.get(name);
  if (value === undefined) return null;
  return /^\d{1,10}$/.test(value) ? Number(value) * 1000 : 0;
}

/** The members of a list; commas in quoted strings do not end one (RFC 9110 5.6.1). */
function splitOutsideQuotes(text: string): string[] {
  if (!text.includes('"')) return text.split(',');
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) isQuoted = !isQuoted;
    else if (code === 0x5c && isQuoted) i++;
    else if (code === 0x2c && !isQuoted) {
      parts.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
