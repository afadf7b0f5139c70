import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import { type Expansion, variableOf } from './expansion.ts';
import { collect } from './loops.ts';
import type { Macro, MacroParts } from './macro.ts';

/** The optional that `optMap` is called on; read once before its variable is bound, so that calls may nest. */
const TARGET = '@target';
/** The list that `sortBy` is called on. */
const SORTED = '@sorted';

/** `cel.bind(name, value, result)` */
function bind({ args: [name, value, result] }: MacroParts, make: Expansion): Expr | Problem {
  const variable = variableOf(name!);
  return typeof variable === 'string' ? make.bind(variable, value!, result!) : variable;
}

function optMap(parts: MacroParts, make: Expansion): Expr | Problem {
  return ofPresent(parts, make, (result) => make.call('optional.of', result));
}

function optFlatMap(parts: MacroParts, make: Expansion): Expr | Problem {
  return ofPresent(parts, make, (result) => result);
}

/** The target is bound, where cel-go repeats it: a chain of calls would double its length with each. */
function ofPresent(
  { target, args: [name, value] }: MacroParts,
  make: Expansion,
  wrap: (result: Expr) => Expr,
): Expr | Problem {
  const variable = variableOf(name!);
  if (typeof variable !== 'string') return variable;
  const present = wrap(make.bind(variable, make.method(make.name(TARGET), 'value'), value!));
  const isPresent = make.method(make.name(TARGET), 'hasValue');
  return make.bind(TARGET, target!, make.call('_?_:_', isPresent, present, make.call('optional.none')));
}

/** `list.sortBy(item, key)`: the list in the order of the keys. */
function sortBy({ target, args: [name, key] }: MacroParts, make: Expansion): Expr | Problem {
  const item = variableOf(name!);
  if (typeof item !== 'string') return item;
  const keys = collect({ make, range: make.name(SORTED), item, item2: null }, null, key!);
  return make.bind(SORTED, target!, make.method(make.name(SORTED), '@sortByAssociatedKeys', keys));
}

export const BINDING_MACROS: readonly Macro[] = [
  { name: 'bind', of: { namespace: 'cel' }, arity: 3, expand: bind },
  { name: 'optMap', of: 'method', arity: 2, expand: optMap },
  { name: 'optFlatMap', of: 'method', arity: 2, expand: optFlatMap },
  { name: 'sortBy', of: 'method', arity: 2, expand: sortBy },
];
