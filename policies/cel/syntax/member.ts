import type { Expr } from './ast.ts';
import { readArguments, readCall } from './call.ts';
import { readMessage } from './collections.ts';
import { readPrimary } from './primary.ts';
import type { Reader } from './reader.ts';
import type { Token } from './token.ts';

/**
 * A primary with the selections, calls and indexes after it.
 *
 * @param sign where the minus of a literal is
 */
export function readMember(reader: Reader, sign: number | null): Expr | null {
  let expr = readPrimary(reader, sign);
  for (;;) {
    if (expr === null) return null;
    const next = readSuffix(reader, expr);
    if (next === expr) return expr;
    expr = next;
  }
}

/** What it is given when no suffix follows. */
function readSuffix(reader: Reader, operand: Expr): Expr | null {
  if (reader.sees('.')) return readAfterDot(reader, operand);
  if (reader.sees('[')) return readIndex(reader, operand);
  const name = reader.sees('{') ? typeName(reader, operand) : null;
  return name === null ? operand : readMessage(reader, operand, name);
}

function readAfterDot(reader: Reader, operand: Expr): Expr | null {
  const at = reader.take().start;
  const isOptional = reader.takes('?');
  const field = reader.token;
  if (field.kind !== 'name' && field.kind !== 'quoted-name') return noField(reader, field);
  reader.take();
  const span = { start: operand.start, end: field.end, at };
  if (isOptional) {
    const name = reader.build.constant({ start: field.start, end: field.end, at: field.start }, field.text);
    return reader.build.call(span, '_?._', [operand, name]);
  }
  const isCall = field.kind === 'name' && reader.sees('(');
  return isCall ? readMethod(reader, operand, field.text) : reader.build.select(span, operand, field.text);
}

/** `true`, `false`, `null` and `in` are fields in backquotes only. */
function noField(reader: Reader, token: Token): null {
  if (token.kind !== 'symbol' || !/^\w/.test(token.text)) return reader.unexpected();
  const message = `"${token.text}" is a reserved word`;
  return reader.fail({ at: token.start, message, suggestion: `did you mean ".\`${token.text}\`"?` });
}

function readMethod(reader: Reader, target: Expr, name: string): Expr | null {
  const at = reader.token.start;
  const args = readArguments(reader);
  if (args === null) return null;
  return readCall(reader, { start: target.start, end: reader.end, at }, name, args, target);
}

function readIndex(reader: Reader, operand: Expr): Expr | null {
  const at = reader.take().start;
  const name = reader.takes('?') ? '_[?_]' : '_[_]';
  const index = reader.expression();
  if (index === null || !reader.expects(']')) return null;
  return reader.build.call({ start: operand.start, end: reader.end, at }, name, [operand, index]);
}

/** Before the braces of a message stand names with dots between them: no parentheses, no backquotes. */
function typeName({ source }: Reader, operand: Expr): string | null {
  const isMarked = /[`(]/.test(source.slice(operand.start, operand.end));
  return isMarked ? null : qualifiedName(operand);
}

function qualifiedName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind !== 'select') return null;
  const parent = qualifiedName(expr.operand);
  return parent === null ? null : `${parent}.${expr.field}`;
}
