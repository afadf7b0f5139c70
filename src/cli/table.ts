/** Colours, for terminals; the identity elsewhere. */
export interface Paint {
  readonly allow: (text: string) => string;
  readonly deny: (text: string) => string;
  readonly faint: (text: string) => string;
}

const PLAIN: Paint = { allow: (text) => text, deny: (text) => text, faint: (text) => text };

const escaped = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const COLOURED: Paint = { allow: escaped(32), deny: escaped(31), faint: escaped(2) };

export function paintFor(isTerminal: boolean): Paint {
  return isTerminal ? COLOURED : PLAIN;
}

/** Columns of text with a head, each as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => widthOf(cells[column] ?? ''))));
  return lines
    .map((cells) => `${`  ${cells.map((cell, column) => padded(cell, widths[column]!)).join('  ')}`.trimEnd()}\n`)
    .join('');
}

const COLOUR = /\u001b\[\d+m/g;

function widthOf(cell: string): number {
  return cell.replace(COLOUR, '').length;
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(width - widthOf(cell));
}
