import { type Document, isScalar, Scalar, visit, type YAMLError } from 'yaml';
import type { YamlMistake } from './yaml-mistakes.ts';

/** A document that is not YAML. */
export interface Misread {
  readonly document: Document.Parsed;
  readonly text: string;
}

type Slip = (error: YAMLError, from: Misread) => YamlMistake | null;

/** What people do most often, each told where they did it; the first that fits. */
const SLIPS: readonly Slip[] = [openQuote, afterQuote, afterBracket, betweenItems, furtherIn];

/** `null`: none of these. */
export function slipOf(from: Misread): YamlMistake | null {
  const [first] = from.document.errors;
  if (first === undefined) return null;
  for (const slip of SLIPS) {
    const mistake = slip(first, from);
    if (mistake !== null) return mistake;
  }
  return null;
}

const CLOSE = 'close the quote; a quote of the same kind inside of it ends it';

/** The parser misses the closing quote where the text ends, or its line. */
function openQuote({ code, message, pos: [at] }: YAMLError, { document }: Misread): YamlMistake | null {
  // the code is that of all missing characters
  const isQuote = code === 'MISSING_CHAR' && /closing ["']quote/.test(message);
  const quoted = isQuote ? quotedBefore(document, at + 1) : null;
  return quoted === null ? null : { offset: quoted.range[0], message: 'this quote is never closed', suggestion: CLOSE };
}

/** `"devs" in groups`, `'name == 'ada''`; or a quote of long before was closed by one that opens a text. */
function afterQuote({ code, pos: [at] }: YAMLError, { document, text }: Misread): YamlMistake | null {
  const before = text.slice(0, at).trimEnd();
  const quote = before.at(-1);
  if (code !== 'UNEXPECTED_TOKEN' || (quote !== '"' && quote !== "'")) return null;
  const quoted = quotedBefore(document, before.length);
  const isLong = quoted !== null && text.slice(quoted.range[0], before.length).includes('\n');
  if (isLong) return { offset: quoted.range[0], message: 'this quote is closed in another line', suggestion: CLOSE };
  const suggestion =
    quote === '"' ? "put the whole text in '…'" : `put the whole text in '…', and texts inside of it in "…"`;
  return { offset: at, message: 'text goes on after the closing quote', suggestion };
}

/** `["devs"].hasAny(groups)` */
function afterBracket({ code, pos: [at] }: YAMLError, { text }: Misread): YamlMistake | null {
  const bracket = text[at - 1];
  if (code !== 'UNEXPECTED_TOKEN' || (bracket !== ']' && bracket !== '}')) return null;
  return { offset: at, message: 'text goes on after the closing bracket', suggestion: "put the whole text in '…'" };
}

const INDENT = 'keys of one mapping begin in one column';

/** A key that begins further out than the list item that it belongs to. */
function betweenItems({ code, pos: [at] }: YAMLError, { text }: Misread): YamlMistake | null {
  if (code !== 'MISSING_CHAR' || !isLineStart(text, at)) return null;
  return { offset: firstWord(text, at), message: 'the indentation does not fit', suggestion: INDENT };
}

/** A key that begins further in than the one above, whose value it seems to go on with. */
function furtherIn({ code, pos: [at] }: YAMLError, { document, text }: Misread): YamlMistake | null {
  const long = document.errors.find((error) => error.code === 'MULTILINE_IMPLICIT_KEY' && error.pos[0] === at);
  if (code !== 'BLOCK_AS_IMPLICIT_KEY' || long === undefined) return null;
  const line = text.lastIndexOf('\n', long.pos[1] - 1) + 1;
  return { offset: firstWord(text, line), message: 'the indentation does not fit', suggestion: INDENT };
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n';
}

function firstWord(text: string, lineStart: number): number {
  return lineStart + (/^ */.exec(text.slice(lineStart))?.[0].length ?? 0);
}

/** The last text in quotes that begins before an offset. */
function quotedBefore(document: Document.Parsed, end: number): Scalar.Parsed | null {
  let last: Scalar.Parsed | null = null;
  visit(document, {
    Scalar(_, node) {
      const isQuoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
      if (isQuoted && isScalar(node) && (node.range?.[0] ?? end) < end) last = node as Scalar.Parsed;
    },
  });
  return last;
}
