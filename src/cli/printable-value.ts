import { printable } from './decision-text.ts';

/** JSON data whose texts may be shown on a terminal, each on one line. */
export function printableValue<T>(value: T): T {
  const clean = (_: string, part: unknown) => (typeof part === 'string' ? printable(part).replaceAll('\n', ' ') : part);
  return JSON.parse(JSON.stringify(value), clean) as T;
}
