import { readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface Block {
  /** `sh`, `yaml`, `text`, … */
  readonly language: string;
  readonly text: string;
  /** Of the fence. */
  readonly line: number;
  /** From the HTML comments directly above: `<!-- file: app.yaml -->` is `file` -> `app.yaml`. */
  readonly marks: ReadonlyMap<string, string>;
  /** The `text` block that follows: what is printed. */
  readonly output: string | null;
}

const FENCE = /^```(\w*)$/;
const MARK = /^<!-- ([a-z]+)(?:: (.*))? -->$/;

export function readBlocks(file: string): Block[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const blocks: Block[] = [];
  let marks = new Map<string, string>();
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const mark = MARK.exec(line);
    if (mark !== null) marks.set(mark[1]!, mark[2] ?? '');
    const language = FENCE.exec(line)?.[1];
    if (language !== undefined) {
      const end = lines.indexOf('```', i + 1);
      if (end < 0) throw new Error(`${file}:${i + 1}: the block does not end`);
      blocks.push({ language, text: `${lines.slice(i + 1, end).join('\n')}\n`, line: i + 1, marks, output: null });
      i = end;
    }
    if (mark === null && line.trim() !== '') marks = new Map();
  }
  return blocks.map((block, i) => ({ ...block, output: outputOf(block, blocks[i + 1]) }));
}

function outputOf(block: Block, next: Block | undefined): string | null {
  return block.language !== 'text' && next?.language === 'text' ? next.text : null;
}

/** The rows of the tables below a heading, without their head; cells as they are written. */
export function tableUnder(file: string, heading: string): string[][] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${file}: there is no heading "${heading}"`);
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line));
  const section = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
  return section.filter((line, i) => line.startsWith('|') && isBody(section, i)).map(cells);
}

/** A table's head is the line above the dashes. */
function isBody(lines: readonly string[], i: number): boolean {
  const isRule = (line: string | undefined) => line !== undefined && /^\|[ :|-]+\|$/.test(line);
  return !isRule(lines[i]) && !isRule(lines[i + 1]);
}

function cells(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** What stands in backticks in a cell. */
export function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
}

/** Targets of links to other files, without their fragments. */
export function linksOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const targets = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!.split('#')[0]!);
  return targets.filter((target) => target !== '' && !target.includes('://'));
}

/** What was printed, where `…` stands for any text of a line, and alone on a line for any lines. */
export function outputPattern(expected: string): string {
  const lines = expected.trimEnd().split('\n');
  return lines
    .map((line) => (line.trim() === '…' ? '[\\s\\S]*?' : line.split('…').map(escaped).join('[^\\n]*')))
    .join('\\n');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
