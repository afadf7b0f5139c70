import { messageOf } from '../../src/base/errors.ts';
import { didYouMean } from '../../src/base/suggest.ts';
import { INPUT_SHAPE } from '../input/shape.ts';
import { re2 } from './regex.ts';
import { type Constant, type Expr, literalText, qualifiedName } from './syntax.ts';
import type { Walk } from './walk.ts';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** Names of types, as in `type(x) == int`. */
const TYPE_NAMES: ReadonlySet<string> = new Set([
  ...['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'],
  ...['google.protobuf.Timestamp', 'google.protobuf.Duration'],
]);

export function isTypeName(expr: Expr): boolean {
  return TYPE_NAMES.has(qualifiedName(expr) ?? '');
}

export function checkName(written: string, id: bigint, walk: Walk): void {
  const name = written.startsWith('.') ? written.slice(1) : written;
  if (name === 'ctx') walk.principalOnly = false;
  if (walk.names.has(name) || TYPE_NAMES.has(name)) return;
  walk.report(id, `unknown name "${name}"`, didYouMean(name, walk.names));
}

/** A field of `ctx` where the fields are a closed list. */
export function checkField(id: bigint, operand: Expr | undefined, field: string, walk: Walk): void {
  const parent = qualifiedName(operand);
  const known = parent === null ? undefined : INPUT_SHAPE.get(parent);
  if (known === undefined || known.has(field)) return;
  walk.report(id, `${parent} has no field "${field}"`, didYouMean(field, known));
}

export function checkConstant(constant: Constant, id: bigint, walk: Walk): void {
  if (constant.case !== 'int64Value' || (constant.value >= INT_MIN && constant.value <= INT_MAX)) return;
  walk.report(id, 'this number does not fit into 64 bits');
}

/** The pattern of `matches` when it is a literal. */
export function checkPattern(argument: Expr | undefined, walk: Walk): void {
  const pattern = literalText(argument);
  if (pattern === null || argument === undefined) return;
  try {
    re2(pattern);
  } catch (thrown) {
    walk.report(argument.id, `this is not a pattern that RE2 accepts: ${messageOf(thrown)}`);
  }
}
