import type { Expr } from './ast.ts';
import type { Span } from './builder.ts';
import { Expansion } from './macros/expansion.ts';
import { findMacro } from './macros/macro.ts';
import type { Reader } from './reader.ts';

/** What stands between the parentheses of a call. */
export function readArguments(reader: Reader): Expr[] | null {
  reader.take();
  const args: Expr[] = [];
  if (reader.takes(')')) return args;
  do {
    const arg = reader.expression();
    if (arg === null) return null;
    args.push(arg);
  } while (reader.takes(','));
  return reader.expects(')') ? args : null;
}

/** The call, or what the macro of its name makes of it. */
export function readCall(
  reader: Reader,
  span: Span,
  name: string,
  args: readonly Expr[],
  target: Expr | null,
): Expr | null {
  const macro = findMacro(reader.macros, name, target, args.length);
  if (macro === null) return reader.build.call(span, name, args, target);
  const expanded = macro.expand({ target, args }, new Expansion(reader.build, span));
  if ('message' in expanded) return reader.fail(expanded);
  reader.macroCalls.set(expanded.id, reader.build.call(span, name, args, target));
  return expanded;
}
