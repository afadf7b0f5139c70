import type { Call, Expr } from '../syntax/ast.ts';
import { qualifiedName } from '../syntax/names.ts';
import type { Type } from './type.ts';

/** What functions and macros are called in other languages. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([
  ...['any', 'some', 'exist'].map((name) => [name, 'write list.exists(item, condition)'] as const),
  ...['every', 'forall', 'forEach'].map((name) => [name, 'write list.all(item, condition)'] as const),
  ...['includes', 'include', 'has_any', 'contain'].map(
    (name) => [name, 'write "…" in list, or text.contains("…")'] as const,
  ),
  ...['len', 'length', 'count'].map((name) => [name, 'write size(…)'] as const),
  ...['toLowerCase', 'toLower', 'lower', 'lowercase'].map((name) => [name, 'write text.lowerAscii()'] as const),
  ...['toUpperCase', 'toUpper', 'upper', 'uppercase'].map((name) => [name, 'write text.upperAscii()'] as const),
  ...['match', 'test', 'regex'].map((name) => [name, 'write text.matches("…")'] as const),
  ...['isset', 'defined'].map((name) => [name, 'write has(value.field)'] as const),
]);

export function functionHabit(name: string): string | null {
  return FUNCTIONS.get(name) ?? null;
}

/** Whether a call of something unknown looks like a macro, whose first argument names a variable. */
export function looksLikeMacro({ target, args }: Call): boolean {
  return target !== null && args.length > 1 && args[0]?.kind === 'name';
}

const LENGTHS: ReadonlySet<string> = new Set(['length', 'size', 'count']);

/** Of a field of something that has no fields. */
export function fieldHabit(name: string): string | null {
  return LENGTHS.has(name) ? 'write size(…)' : null;
}

/** `headers.x-team` is read as a difference; what was meant, `null` for anything else. */
export function dashedName({ name, target, args }: Call): { readonly holder: Expr; readonly key: string } | null {
  const [left, right] = args;
  if (target !== null || name !== '_-_' || left === undefined || right?.kind !== 'name') return null;
  if (left.end + 1 !== right.start) return null;
  const before = left.kind === 'call' ? dashedName(left) : beginning(left);
  return before === null ? null : { holder: before.holder, key: `${before.key}-${right.name}` };
}

function beginning(expr: Expr): { readonly holder: Expr; readonly key: string } | null {
  // names only: what is in parentheses must not be looked at twice on each level
  const isNamed = expr.kind === 'select' && !expr.isTest && qualifiedName(expr) !== null;
  return isNamed ? { holder: expr.operand, key: expr.field } : null;
}

const BLOCK = /^[\da-f.:]+\/\d{1,3}$/i;

/** What a call of an operator or a method probably meant, from its arguments; `types` begin with a target's. */
export function argumentHabit(name: string, args: readonly Expr[], types: readonly Type[]): string | null {
  const [left, right] = args;
  const [type, other] = types;
  if (left === undefined || right === undefined || type === undefined || other === undefined) return null;
  if (name === '@in' && right.kind === 'constant' && typeof right.value === 'string' && BLOCK.test(right.value)) {
    return `write net.isIPInRange(${qualifiedName(left) ?? '…'}, "${right.value}")`;
  }
  if (name === 'contains' && type.kind === 'list') return `write ${textOf(right)} in ${qualifiedName(left) ?? 'list'}`;
  return nameHabit(name, [left, type], [right, other]);
}

function textOf(expr: Expr): string {
  return expr.kind === 'constant' && typeof expr.value === 'string' ? JSON.stringify(expr.value) : '…';
}

type Typed = readonly [expr: Expr, type: Type];

/** A resource that is compared with its name. */
function nameHabit(operator: string, left: Typed, right: Typed): string | null {
  if (operator === '_==_' || operator === '_!=_') return nameOf(left, right) ?? nameOf(right, left);
  if (operator !== '@in' || right[1].kind !== 'list' || !hasName(right[1].element)) return null;
  return `write ${qualifiedName(right[0]) ?? 'list'}.exists(one, one.metadata.name == ${textOf(left[0])})`;
}

function nameOf([expr, type]: Typed, [, other]: Typed): string | null {
  if (other.kind !== 'string' || !hasName(type)) return null;
  return `compare its name: ${qualifiedName(expr) ?? '…'}.metadata.name`;
}

function hasName(type: Type): boolean {
  const metadata = type.kind === 'object' ? type.fields.get('metadata') : undefined;
  return metadata?.kind === 'object' && metadata.fields.has('name');
}
