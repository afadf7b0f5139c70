import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import { type Expansion, problemAt, variableOf } from './expansion.ts';
import { collect, countOne, every, type Loop, some } from './loops.ts';
import type { Macro, MacroParts } from './macro.ts';

/** `has(a.b)` */
function has({ args: [field] }: MacroParts, make: Expansion): Expr | Problem {
  if (field?.kind === 'select' && !field.isTest) return make.test(field);
  return problemAt(field!, 'has() needs a field, as in has(a.b)');
}

/** A macro whose first argument is the loop variable. */
function overItems(name: string, arity: number, body: (loop: Loop, parts: readonly Expr[]) => Expr): Macro {
  const expand = ({ target, args }: MacroParts, make: Expansion): Expr | Problem => {
    const item = variableOf(args[0]!);
    return typeof item === 'string' ? body({ make, range: target!, item, item2: null }, args.slice(1)) : item;
  };
  return { name, of: 'method', arity, expand };
}

export const STANDARD_MACROS: readonly Macro[] = [
  { name: 'has', of: 'function', arity: 1, expand: has },
  overItems('all', 2, (loop, [test]) => every(loop, test!)),
  overItems('exists', 2, (loop, [test]) => some(loop, test!)),
  overItems('exists_one', 2, (loop, [test]) => countOne(loop, test!)),
  overItems('existsOne', 2, (loop, [test]) => countOne(loop, test!)),
  overItems('map', 2, (loop, [value]) => collect(loop, null, value!)),
  overItems('map', 3, (loop, [test, value]) => collect(loop, test!, value!)),
  overItems('filter', 2, (loop, [test]) => collect(loop, test!, loop.make.name(loop.item))),
];
