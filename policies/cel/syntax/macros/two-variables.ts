import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import { type Expansion, problemAt, variableOf } from './expansion.ts';
import { collect, countOne, every, gather, type Loop, some } from './loops.ts';
import type { Macro, MacroParts } from './macro.ts';

/** A macro whose first arguments are variables: index and item of a list, key and value of a map. */
function overPairs(name: string, arity: number, body: (loop: Loop, parts: readonly Expr[]) => Expr): Macro {
  const expand = ({ target, args }: MacroParts, make: Expansion): Expr | Problem => {
    const item = variableOf(args[0]!);
    if (typeof item !== 'string') return item;
    const item2 = variableOf(args[1]!);
    if (typeof item2 !== 'string') return item2;
    if (item === item2) return problemAt(args[1]!, `"${item}" is declared twice`);
    return body({ make, range: target!, item, item2 }, args.slice(2));
  };
  return { name, of: 'method', arity, expand };
}

/** A map with each key of the range, and `value` as its value. */
function mapValues(loop: Loop, test: Expr | null, value: Expr): Expr {
  const { make } = loop;
  return mapOf(loop, test, make.call('cel.@mapInsert', make.accumulator(), make.name(loop.item), value));
}

/** A map of what each `entries`, a map itself, has. */
function mapEntries(loop: Loop, test: Expr | null, entries: Expr): Expr {
  const { make } = loop;
  return mapOf(loop, test, make.call('cel.@mapInsert', make.accumulator(), entries));
}

function mapOf(loop: Loop, test: Expr | null, more: Expr): Expr {
  return gather(loop, loop.make.emptyMap(), test, more);
}

export const TWO_VARIABLE_MACROS: readonly Macro[] = [
  overPairs('all', 3, (loop, [test]) => every(loop, test!)),
  overPairs('exists', 3, (loop, [test]) => some(loop, test!)),
  overPairs('exists_one', 3, (loop, [test]) => countOne(loop, test!)),
  overPairs('existsOne', 3, (loop, [test]) => countOne(loop, test!)),
  overPairs('transformList', 3, (loop, [value]) => collect(loop, null, value!)),
  overPairs('transformList', 4, (loop, [test, value]) => collect(loop, test!, value!)),
  overPairs('transformMap', 3, (loop, [value]) => mapValues(loop, null, value!)),
  overPairs('transformMap', 4, (loop, [test, value]) => mapValues(loop, test!, value!)),
  overPairs('transformMapEntry', 3, (loop, [entries]) => mapEntries(loop, null, entries!)),
  overPairs('transformMapEntry', 4, (loop, [test, entries]) => mapEntries(loop, test!, entries!)),
];
