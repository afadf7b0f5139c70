import type { Entry, Expr } from './ast.ts';
import type { Reader } from './reader.ts';

/** `[a, ?b]` */
export function readList(reader: Reader): Expr | null {
  const at = reader.token.start;
  const elements: Expr[] = [];
  const optional: number[] = [];
  const readElement = (isOptional: boolean) => {
    if (isOptional) optional.push(elements.length);
    const element = reader.expression();
    return element !== null && elements.push(element) > 0;
  };
  if (!readItems(reader, ']', readElement)) return null;
  return reader.build.list({ start: at, end: reader.end, at }, elements, optional);
}

/** `{a: b, ?c: d}` */
export function readMap(reader: Reader): Expr | null {
  const at = reader.token.start;
  const entries: Entry<Expr>[] = [];
  const readEntry = (isOptional: boolean) => {
    const key = reader.expression();
    return key !== null && readValue(reader, key, isOptional, entries);
  };
  if (!readItems(reader, '}', readEntry)) return null;
  return reader.build.map({ start: at, end: reader.end, at }, entries);
}

/** `Name{a: b, ?c: d}`, from the brace on. */
export function readMessage(reader: Reader, type: Expr, name: string): Expr | null {
  const at = reader.token.start;
  const entries: Entry<string>[] = [];
  const readField = (isOptional: boolean) => {
    const field = reader.token;
    if (field.kind !== 'name' && field.kind !== 'quoted-name') return reader.unexpected() !== null;
    reader.take();
    return readValue(reader, field.text, isOptional, entries);
  };
  if (!readItems(reader, '}', readField)) return null;
  return reader.build.message({ start: type.start, end: reader.end, at }, name, entries);
}

/** The items from the opening bracket to the closing one; a comma may follow the last. */
function readItems(reader: Reader, close: ']' | '}', readItem: (isOptional: boolean) => boolean): boolean {
  reader.take();
  if (reader.takes(',')) return reader.expects(close);
  while (!reader.takes(close)) {
    if (!readItem(reader.takes('?'))) return false;
    if (!reader.takes(',')) return reader.expects(close);
  }
  return true;
}

function readValue<K>(reader: Reader, key: K, isOptional: boolean, entries: Entry<K>[]): boolean {
  const at = reader.token.start;
  if (!reader.expects(':')) return false;
  const value = reader.expression();
  if (value === null) return false;
  entries.push(reader.build.entry(at, key, value, isOptional));
  return true;
}
