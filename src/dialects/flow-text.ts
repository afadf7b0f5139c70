import { PlacedText } from './placed-text.ts';

export type Quotes = 'none' | 'single' | 'double';

/** YAML 1.2, 5.7 */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '0': '\0', a: '\x07', b: '\b', t: '\t', '\t': '\t', n: '\n', v: '\v', f: '\f', r: '\r', e: '\x1b', ' ': ' ' },
  ...{ '"': '"', '/': '/', '\\': '\\', N: '\x85', _: '\xa0', L: '\u2028', P: '\u2029' },
};
/** Digits of a code point. */
const NUMBERED: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const BREAKS = /[ \t]*(?:\r?\n[ \t]*)+/y;
const ESCAPED_BREAK = /\\\r?\n[ \t]*(?:\r?\n[ \t]*)*/y;

/** What stands for another text. */
interface Made {
  readonly text: string;
  /** Of what is written. */
  readonly length: number;
}

type Reading = (written: string, at: number) => Made | null;

const READINGS: Readonly<Record<Quotes, Reading>> = {
  none: folded,
  single: (written, at) => folded(written, at) ?? doubledQuote(written, at),
  double: (written, at) => folded(written, at) ?? escaped(written, at),
};

/**
 * The text of a plain or quoted scalar.
 *
 * @param written what stands between the quotes
 * @param offset of it in the file
 */
export function flowText(written: string, offset: number, quotes: Quotes): PlacedText {
  const placed = new PlacedText();
  for (let at = 0; at < written.length; ) {
    const made = READINGS[quotes](written, at);
    if (made === null) placed.addWritten(written[at]!, offset + at);
    else placed.addMade(made.text, offset + at);
    at += made?.length ?? 1;
  }
  return placed;
}

/** 7.4 */
function folded(written: string, at: number): Made | null {
  const found = matchAt(BREAKS, written, at);
  return found === null ? null : { text: foldedBreaks(breaksIn(found)), length: found.length };
}

/** One line break is a space, several are one less. */
export function foldedBreaks(breaks: number): string {
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

function doubledQuote(written: string, at: number): Made | null {
  return written.startsWith("''", at) ? { text: "'", length: 2 } : null;
}

function escaped(written: string, at: number): Made | null {
  if (written[at] !== '\\') return null;
  const broken = matchAt(ESCAPED_BREAK, written, at);
  if (broken !== null) return { text: '\n'.repeat(breaksIn(broken) - 1), length: broken.length };
  const name = written[at + 1] ?? '';
  const digits = NUMBERED[name];
  if (digits === undefined) return { text: ESCAPES[name] ?? '', length: 2 };
  const code = Number.parseInt(written.slice(at + 2, at + 2 + digits), 16);
  return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: 2 + digits };
}

function matchAt(pattern: RegExp, written: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(written)?.[0] ?? null;
}

function breaksIn(found: string): number {
  return found.split('\n').length - 1;
}
