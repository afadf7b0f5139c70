import type { Problem } from './problem.ts';
import { isSymbol, type Token } from './token.ts';

/** What people write who know another language, where an operator should stand. */
const HABITS: ReadonlyMap<string, string> = new Map([
  ['=', 'did you mean "=="?'],
  ['&', 'did you mean "&&"?'],
  ['|', 'did you mean "||"?'],
  ['and', 'did you mean "&&"?'],
  ['or', 'did you mean "||"?'],
  ['is', 'did you mean "=="?'],
  ['not', 'negate the whole: !("…" in list)'],
  ['like', 'did you mean ".contains(…)" or ".matches(…)"?'],
  ...['contains', 'startsWith', 'endsWith', 'matches'].map((name) => [name, `did you mean ".${name}(…)"?`] as const),
]);

/** What is wrong with a token that may not stand where it does, after `previous`. */
export function mistake(source: string, token: Token, previous: Token | null, wanted: string | null): Problem {
  if (token.kind === 'bad') return token.problem;
  if (token.kind === 'end') return endMistake(source, token, wanted);
  const habit = habitBefore(token, previous);
  if (habit !== null) return habit;
  const path = unquotedPath(source, token);
  if (path !== null) return path;
  const text = source.slice(token.start, token.end);
  const also = wanted === null || isWord(token) ? '' : `, expected "${wanted}"`;
  return { at: token.start, message: `unexpected ${quoted(text)}${also}`, suggestion: suggestion(token) };
}

function endMistake(source: string, token: Token, wanted: string | null): Problem {
  const missing = wanted === null ? '' : `: "${wanted}" is missing`;
  const message = source.trim() === '' ? 'the expression is empty' : `the expression ends too early${missing}`;
  return { at: token.start, message, suggestion: null };
}

/** Habits that show one token late: `not x`, `a <> b`. */
function habitBefore(token: Token, previous: Token | null): Problem | null {
  if (previous === null) return null;
  if (previous.kind === 'name' && previous.text.toLowerCase() === 'not') {
    return { at: previous.start, message: `unexpected "${previous.text}"`, suggestion: 'did you mean "!"?' };
  }
  if (isSymbol(token, '>') && isSymbol(previous, '<') && previous.end === token.start) {
    return { at: previous.start, message: 'unexpected "<>"', suggestion: 'did you mean "!="?' };
  }
  const equality = ['==', '!='].find((text) => isSymbol(previous, text));
  if (equality !== undefined && isSymbol(token, '=') && previous.end === token.start) {
    return { at: previous.start, message: `unexpected "${equality}="`, suggestion: `did you mean "${equality}"?` };
  }
  return null;
}

/** Where a value must stand, a slash begins a path. */
function unquotedPath(source: string, token: Token): Problem | null {
  const [text] = (isSymbol(token, '/') && /^\/[\w./*-]*/.exec(source.slice(token.start))) || [];
  if (text === undefined) return null;
  return { at: token.start, message: 'unexpected "/"', suggestion: `a text needs quotes: ${quoted(text)}` };
}

function suggestion(token: Token): string | null {
  if (token.kind !== 'name' && token.kind !== 'symbol') return null;
  return HABITS.get(token.text) ?? HABITS.get(token.text.toLowerCase()) ?? null;
}

function isWord(token: Token): boolean {
  return suggestion(token) !== null;
}

/** Literals may be long. */
function quoted(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  return /^["']/.test(short) ? short : `"${short}"`;
}
