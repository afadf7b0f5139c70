import { Scalar } from 'yaml';

/**
 * The offset in the file of a line and column (from 1) inside a text of the file; `null` when the text is written
 * with escapes or folding, so that its characters do not stand in the file one by one.
 */
export function offsetInScalar(node: Scalar.Parsed, text: string, line: number, column: number): number | null {
  const written = text.slice(node.range[0], node.range[1]);
  switch (node.type) {
    case Scalar.PLAIN:
      return line === 1 && written === node.source ? node.range[0] + column - 1 : null;
    case Scalar.QUOTE_DOUBLE:
    case Scalar.QUOTE_SINGLE:
      return line === 1 && written.slice(1, -1) === node.source ? node.range[0] + column : null;
    case Scalar.BLOCK_LITERAL:
      return inBlock(node, written, line, column);
    default:
      return null;
  }
}

/** In a literal block each line of the text is one line of the file, behind the same indentation. */
function inBlock(node: Scalar.Parsed, written: string, line: number, column: number): number | null {
  const wanted = node.source.split('\n')[line - 1];
  const lines = written.split('\n');
  const found = lines[line]; // the first line is the header: `|`
  if (wanted === undefined || found === undefined) return null;
  const indent = blockIndent(lines.slice(1), node.source);
  if (indent === null || found.slice(indent).replace(/\r$/, '') !== wanted) return null;
  const before = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  return node.range[0] + before + indent + column - 1;
}

function blockIndent(lines: readonly string[], source: string): number | null {
  const texts = source.split('\n');
  const at = texts.findIndex((one) => one !== '');
  const first = lines[at];
  return at < 0 || first === undefined ? null : first.replace(/\r$/, '').length - texts[at]!.length;
}
