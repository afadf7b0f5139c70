import type { Constant, Expr } from './ast.ts';
import { readArguments, readCall } from './call.ts';
import { readList, readMap } from './collections.ts';
import { tooLarge } from './number.ts';
import type { Reader } from './reader.ts';
import type { Integer, Token } from './token.ts';

const RESERVED: ReadonlySet<string> = new Set([
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop'],
  ...['namespace', 'package', 'return', 'var', 'void', 'while'],
]);
const MAX_INT = 2n ** 63n - 1n;

/**
 * A literal, a name, a call, or what stands in brackets.
 *
 * @param sign where the minus of a literal is
 */
export function readPrimary(reader: Reader, sign: number | null): Expr | null {
  const { token } = reader;
  switch (token.kind) {
    case 'int':
      return readInteger(reader, token, sign);
    case 'literal': {
      const isNegative = sign !== null && typeof token.value === 'number';
      return readConstant(reader, token, isNegative ? -Number(token.value) : token.value, sign);
    }
    case 'name':
      return readName(reader, '', token.start);
    case 'symbol':
      return readAtSymbol(reader, token);
    default:
      return reader.unexpected();
  }
}

function readInteger(reader: Reader, token: Integer, sign: number | null): Expr | null {
  if (sign !== null) return readConstant(reader, token, -token.value, sign);
  if (token.value <= MAX_INT) return readConstant(reader, token, token.value, sign);
  return reader.fail(tooLarge('an int of 64 bits', token.start));
}

function readConstant(reader: Reader, token: Token, value: Constant['value'], sign: number | null): Expr {
  const start = sign ?? token.start;
  reader.take();
  return reader.build.constant({ start, end: token.end, at: start }, value);
}

function readAtSymbol(reader: Reader, token: Token & { readonly text: string }): Expr | null {
  switch (token.text) {
    case 'true':
    case 'false':
      return readConstant(reader, token, token.text === 'true', null);
    case 'null':
      return readConstant(reader, token, null, null);
    case '(':
      return readParentheses(reader);
    case '[':
      return readList(reader);
    case '{':
      return readMap(reader);
    case '.':
      reader.take();
      return readName(reader, '.', token.start);
    default:
      return reader.unexpected();
  }
}

/** The text of what is in parentheses includes them, so that the text of what is around is whole. */
function readParentheses(reader: Reader): Expr | null {
  const { start } = reader.take();
  const expr = reader.expression();
  return expr !== null && reader.expects(')') ? { ...expr, start, end: reader.end } : null;
}

/** A name, or the call of a function. `dot`: the leading one. */
function readName(reader: Reader, dot: '' | '.', start: number): Expr | null {
  const { token } = reader;
  if (token.kind !== 'name') return reader.unexpected();
  if (RESERVED.has(token.text)) {
    const suggestion = dashSuggestion(reader.source, token);
    return reader.fail({ at: token.start, message: `"${token.text}" is a reserved word`, suggestion });
  }
  reader.take();
  const name = dot + token.text;
  if (!reader.sees('(')) return reader.build.name({ start, end: token.end, at: start }, name);
  const at = reader.token.start;
  const args = readArguments(reader);
  return args === null ? null : readCall(reader, { start, end: reader.end, at }, name, args, null);
}

/** `headers.x-forwarded-for` */
function dashSuggestion(source: string, { start, end }: Token): string | null {
  const key = /\.([\w-]+-)$/.exec(source.slice(0, start))?.[1];
  const rest = /^[\w-]*/.exec(source.slice(end))?.[0] ?? '';
  if (key === undefined) return null;
  return `a name with "-" stands in brackets: ["${key}${source.slice(start, end)}${rest}"]`;
}
