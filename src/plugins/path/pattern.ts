import { type Matcher, RE2JS } from 're2js';
import { AppError } from '../../base/errors.ts';
import type { PatternRewrite } from './schema.ts';

/** Gives the rewritten path, which need not be one; the path itself where the pattern is not in it. */
export type PathEdit = (path: string) => string;

/** A text, or the number of a group. */
type Piece = string | number;

/** RE2 is linear in the path's length whatever the pattern. @throws AppError `invalid` on what cannot work. */
export function compilePattern({ pattern, replacement, all = false }: PatternRewrite): PathEdit {
  const program = compileRegex(pattern);
  const pieces = piecesOf(replacement, program);
  return (path) => replaceIn(path, program.matcher(path), pieces, all);
}

function compileRegex(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (thrown) {
    throw new AppError(
      'invalid',
      `the pattern is not RE2 syntax: ${thrown instanceof Error ? thrown.message : thrown}`,
    );
  }
}

function replaceIn(path: string, matcher: Matcher, pieces: readonly Piece[], all: boolean): string {
  let rewritten = '';
  let from = 0;
  while (matcher.find()) {
    rewritten += path.slice(from, matcher.start()) + filled(pieces, matcher);
    from = matcher.end();
    if (!all) break;
  }
  return rewritten + path.slice(from);
}

/** A group that took no part is empty. */
function filled(pieces: readonly Piece[], matcher: Matcher): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : (matcher.group(piece) ?? ''))).join('');
}

const PLACE = /\$(?:(\d{1,2})|\{(\w+)\}|(\$)|)/g;
/** What a path can never hold unescaped: a replacement that has it means something else, such as a query. */
const OUTSIDE_A_PATH = /[\u0000-\u0020\u007f-\uffff?#\\;]/;

function piecesOf(replacement: string, program: RE2JS): Piece[] {
  const outside = OUTSIDE_A_PATH.exec(replacement);
  if (outside !== null) throw new AppError('invalid', `a path cannot have "${outside[0]}", so no replacement can`);
  const pieces: Piece[] = [];
  let from = 0;
  for (const { index, 0: whole, 1: number, 2: name, 3: dollar } of replacement.matchAll(PLACE)) {
    pieces.push(replacement.slice(from, index), dollar ?? groupOf(number ?? name, program));
    from = index + whole.length;
  }
  return [...pieces, replacement.slice(from)];
}

function groupOf(text: string | undefined, program: RE2JS): number {
  if (text === undefined) throw new AppError('invalid', 'the replacement has a "$" that stands for nothing: write $$');
  const number = /^\d+$/.test(text) ? Number(text) : program.namedGroups()[text];
  if (number !== undefined && number <= program.groupCount()) return number;
  throw new AppError('invalid', `the pattern has no group "${text}"`);
}
