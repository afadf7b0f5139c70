import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import type { Expansion } from './expansion.ts';
import type { Macro, MacroParts } from './macro.ts';

/** `math.greatest` and `math.least` take any number of arguments: more than two become a list. */
function extreme(name: string, functionName: string): Macro {
  const expand = ({ target, args }: MacroParts, make: Expansion): Expr | Problem => {
    if (args.length === 0) return { at: target!.at, message: `math.${name}() needs an argument`, suggestion: null };
    return args.length <= 2 ? make.call(functionName, ...args) : make.call(functionName, make.list(...args));
  };
  return { name, of: { namespace: 'math' }, arity: 'any', expand };
}

export const EXTREME_MACROS: readonly Macro[] = [extreme('greatest', 'math.@max'), extreme('least', 'math.@min')];
