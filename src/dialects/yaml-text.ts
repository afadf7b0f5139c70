import { Scalar } from 'yaml';
import { foldedText, literalText } from './block-text.ts';
import { flowText } from './flow-text.ts';
import type { PlacedText } from './placed-text.ts';

/**
 * The offset in the file of a line and column (from 1, in characters) inside a text of the file, however the text is
 * written; `null` when it cannot be told.
 */
export function offsetInScalar(node: Scalar.Parsed, text: string, line: number, column: number): number | null {
  const placed = placedText(node, text);
  // a mistake in what was worked out here must not put the mark anywhere else
  if (placed === null || withoutEnd(placed.text) !== withoutEnd(node.source)) return null;
  const index = indexOf(placed.text, line, column);
  return index === null ? null : placed.offsetAt(index);
}

function placedText({ type, range, source }: Scalar.Parsed, text: string): PlacedText | null {
  const [offset, end] = range;
  const written = text.slice(offset, end);
  switch (type) {
    case Scalar.PLAIN:
      return flowText(written, offset, 'none');
    case Scalar.QUOTE_SINGLE:
      return flowText(written.slice(1, -1), offset + 1, 'single');
    case Scalar.QUOTE_DOUBLE:
      return flowText(written.slice(1, -1), offset + 1, 'double');
    case Scalar.BLOCK_LITERAL:
      return literalText({ written, offset, source });
    case Scalar.BLOCK_FOLDED:
      return foldedText({ written, offset, source });
    default:
      return null;
  }
}

/** How many line breaks end a block is said in its header. */
function withoutEnd(text: string): string {
  return text.replace(/\n+$/, '');
}

function indexOf(text: string, line: number, column: number): number | null {
  const lines = text.split('\n');
  const found = lines[line - 1];
  if (found === undefined) return null;
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return before + [...found].slice(0, column - 1).join('').length;
}
