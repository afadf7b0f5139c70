import type { Expr, Fold } from '../syntax/ast.ts';
import { isAssignable } from './assign.ts';
import type { Checking } from './checking.ts';
import type { TypeScope } from './scope.ts';
import { BOOL, DYN, ERROR, INT, STRING, type Type } from './type.ts';

/** What the macros over lists and maps expand to. */
export function typeOfFold(fold: Fold, scope: TypeScope, checking: Checking): Type {
  const range = checking.check(fold.range, scope);
  const accumulator = checking.check(fold.initial, scope);
  const outer = scope.with(fold.accumulator, accumulator);
  const inner = withItems(fold, range, outer, checking);
  checking.expect(BOOL, checking.check(fold.condition, inner), fold.condition);
  checking.expect(accumulator, checking.check(fold.step, inner), fold.step);
  return checking.check(fold.result, outer);
}

function withItems({ range: expr, item, item2 }: Fold, range: Type, scope: TypeScope, checking: Checking): TypeScope {
  const { only, key, value } = itemsOf(range, checking) ?? notRange(expr, range, checking);
  return item2 === null ? scope.with(item, only) : scope.with(item, key).with(item2, value);
}

function notRange({ at }: Expr, range: Type, checking: Checking): Items {
  checking.tell(at, `${checking.text(range)} is no list or map to go through`);
  return { only: ERROR, key: ERROR, value: ERROR };
}

interface Items {
  /** What a macro with one variable goes through. */
  readonly only: Type;
  /** The first of two variables. */
  readonly key: Type;
  readonly value: Type;
}

const ANYTHING: Items = { only: DYN, key: DYN, value: DYN };

function itemsOf(range: Type, checking: Checking): Items | null {
  switch (range.kind) {
    case 'list':
      return { only: range.element, key: INT, value: range.element };
    case 'map':
      return { only: range.key, key: range.key, value: range.value };
    case 'object':
      return { only: STRING, key: STRING, value: DYN };
    case 'param':
      // nothing that is found later may contradict how it was used here
      isAssignable(DYN, range, checking.variables);
      return ANYTHING;
    case 'dyn':
    case 'error':
      return ANYTHING;
    default:
      return null;
  }
}
