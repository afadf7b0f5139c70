import { isDigit, isNamePart, isNameStart, isQuotedNamePart, isSpace, skip } from './characters.ts';
import { readNumber } from './number.ts';
import { readText, textShape } from './text.ts';
import type { Token } from './token.ts';

/** Longer ones first. `=`, `&` and `|` are no operators: whoever writes one is told what is meant. */
const SYMBOLS: readonly string[] = [
  ...['&&', '||', '==', '!=', '<=', '>='],
  ...['=', '&', '|', '<', '>', '!', '+', '-', '*', '/', '%', '?', ':', '.', ',', '(', ')', '[', ']', '{', '}'],
];
/** What word processors make of quotes. */
const CURLY: ReadonlySet<string> = new Set('“”„‟‘’‚‛');
const WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in']);

/** The token at or after `from`, past spaces and comments. */
export function readToken(source: string, from: number): Token {
  const start = skipBlank(source, from);
  if (start >= source.length) return { kind: 'end', start, end: start };
  const c = source.charCodeAt(start);
  const shape = textShape(source, start);
  if (shape !== null) return readText(source, start, shape);
  if (isNameStart(c)) return readName(source, start);
  if (isDigit(c) || (c === 0x2e && isDigit(source.charCodeAt(start + 1)))) return readNumber(source, start);
  return c === 0x60 ? readQuotedName(source, start) : readSymbol(source, start);
}

function skipBlank(source: string, from: number): number {
  let at = skip(source, from, isSpace);
  while (source.startsWith('//', at)) {
    const lineEnd = source.indexOf('\n', at);
    at = lineEnd < 0 ? source.length : skip(source, lineEnd, isSpace);
  }
  return at;
}

function readName(source: string, start: number): Token {
  const end = skip(source, start, isNamePart);
  const text = source.slice(start, end);
  return { kind: WORDS.has(text) ? 'symbol' : 'name', text, start, end };
}

function readQuotedName(source: string, start: number): Token {
  const close = skip(source, start + 1, isQuotedNamePart);
  if (source[close] === '`' && close > start + 1) {
    return { kind: 'quoted-name', text: source.slice(start + 1, close), start, end: close + 1 };
  }
  const message = 'between backquotes stand letters, digits, spaces and ". - _ /" only';
  const problem = close < source.length ? message : 'this backquote is not closed';
  return { kind: 'bad', start, end: close, problem: { at: start, message: problem, suggestion: null } };
}

function readSymbol(source: string, start: number): Token {
  const text = SYMBOLS.find((symbol) => source.startsWith(symbol, start));
  if (text !== undefined) return { kind: 'symbol', text, start, end: start + text.length };
  const character = String.fromCodePoint(source.codePointAt(start)!);
  const suggestion = CURLY.has(character) ? 'write straight quotes: "…"' : null;
  const problem = { at: start, message: `unexpected ${JSON.stringify(character)}`, suggestion };
  return { kind: 'bad', start, end: start + character.length, problem };
}
