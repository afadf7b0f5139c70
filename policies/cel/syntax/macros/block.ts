import type { Expr } from '../ast.ts';
import type { Problem } from '../problem.ts';
import { type Expansion, problemAt } from './expansion.ts';
import type { Macro, MacroParts } from './macro.ts';

/**
 * `cel.block([a, b], result)` and the names inside it, which optimizers of expressions write and people do not: each
 * element is evaluated once, `cel.index(0)` stands for the first.
 */
export const BLOCK_MACROS: readonly Macro[] = [
  { name: 'block', of: { namespace: 'cel' }, arity: 2, expand: block },
  { name: 'index', of: { namespace: 'cel' }, arity: 1, expand: numbered('@index') },
  { name: 'iterVar', of: { namespace: 'cel' }, arity: 2, expand: numbered('@it') },
  { name: 'accuVar', of: { namespace: 'cel' }, arity: 2, expand: numbered('@ac') },
];

function block({ args: [elements, result] }: MacroParts, make: Expansion): Expr | Problem {
  if (elements?.kind !== 'list' || elements.optional.length > 0) {
    return problemAt(elements!, 'cel.block() needs a list of what it names');
  }
  return elements.elements.reduceRight<Expr>(
    (inner, element, position) => make.bind(`@index:${position}`, element, inner),
    result!,
  );
}

/** A name that is made of the numbers given: `cel.iterVar(1, 0)` is `@it:1:0`. */
function numbered(prefix: string): Macro['expand'] {
  return ({ args }, make) => {
    const wrong = args.find((arg) => arg.kind !== 'constant' || typeof arg.value !== 'bigint');
    if (wrong !== undefined) return problemAt(wrong, 'expected a whole number');
    return make.name([prefix, ...args.map((arg) => (arg.kind === 'constant' ? String(arg.value) : ''))].join(':'));
  };
}
