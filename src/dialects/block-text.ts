import { foldedBreaks } from './flow-text.ts';
import { PlacedText } from './placed-text.ts';

export interface Block {
  /** From the header on: `|-`. */
  readonly written: string;
  /** In the file. */
  readonly offset: number;
  /** What it was read as, which tells how far it is indented. */
  readonly source: string;
}

interface Line {
  readonly text: string;
  readonly offset: number;
}

/** Each line of the text is a line of the file. All line breaks at the end are kept. */
export function literalText(block: Block): PlacedText {
  const placed = new PlacedText();
  for (const { text, offset } of contentOf(block)) {
    placed.addWritten(text, offset);
    placed.addMade('\n', offset + text.length);
  }
  return placed;
}

/** Lines are joined with spaces, but for those that are indented further (YAML 1.2, 8.1.3). */
export function foldedText(block: Block): PlacedText {
  const placed = new PlacedText();
  let breaks = 0;
  let isFolding = false;
  for (const { text, offset } of contentOf(block)) {
    if (text !== '') {
      const startsDeeper = text.startsWith(' ') || text.startsWith('\t');
      placed.addMade(isFolding && !startsDeeper ? foldedBreaks(breaks) : '\n'.repeat(breaks), offset);
      placed.addWritten(text, offset);
      isFolding = !startsDeeper;
      breaks = 0;
    }
    breaks++;
  }
  return placed;
}

function contentOf({ written, offset, source }: Block): Line[] {
  const [header = '', ...lines] = written.split('\n');
  const indent = indentOf(lines) - indentOf(source.split('\n'));
  let at = offset + header.length + 1;
  return lines.map((line) => {
    const content = { text: line.slice(indent).replace(/\r$/, ''), offset: at + indent };
    at += line.length + 1;
    return content;
  });
}

/** Spaces before the first line that has anything else. */
function indentOf(lines: readonly string[]): number {
  const line = lines.find((one) => one.trim() !== '') ?? '';
  return line.length - line.trimStart().length;
}
