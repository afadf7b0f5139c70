import type { HeaderList } from '../../src/base/header-list.ts';

export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * The cookies whose name `wanted` accepts, in their order, at most `most` of them. Names are compared byte for byte
 * and only space and tab are trimmed: trimming Unicode white space lets a forged name pass for a `__Host-` one.
 */
export function findCookies(headers: HeaderList, wanted: (name: string) => boolean, most: number): Cookie[] {
  const found: Cookie[] = [];
  for (let i = 0; i < headers.flat.length && found.length < most; i += 2) {
    if (headers.flat[i] === 'cookie') findInField(headers.flat[i + 1] as string, wanted, most, found);
  }
  return found;
}

function findInField(field: string, wanted: (name: string) => boolean, most: number, found: Cookie[]): void {
  for (let start = 0; start < field.length && found.length < most; ) {
    const semicolon = field.indexOf(';', start);
    const end = semicolon < 0 ? field.length : semicolon;
    const equals = indexOfEquals(field, start, end);
    if (equals < end) {
      const name = trimBlank(field, start, equals);
      if (wanted(name)) found.push({ name, value: trimBlank(field, equals + 1, end) });
    }
    start = end + 1;
  }
}

/** Never looks beyond `end`: that would make a long field without `=` quadratic. */
function indexOfEquals(field: string, start: number, end: number): number {
  let at = start;
  while (at < end && field.charCodeAt(at) !== 0x3d) at++;
  return at;
}

function trimBlank(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
