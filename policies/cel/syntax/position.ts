/** For people: both from 1; a column counts characters, not UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a UTF-16 offset is. Lines end with `\n`. */
export function positionOf(source: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at++) {
    if (source.charCodeAt(at) !== 0x0a) continue;
    line++;
    lineStart = at + 1;
  }
  return { line, column: characters(source, lineStart, offset) + 1 };
}

function characters(source: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; count++) at += source.codePointAt(at)! > 0xffff ? 2 : 1;
  return count;
}
