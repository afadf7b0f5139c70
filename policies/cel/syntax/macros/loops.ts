import type { Expr } from '../ast.ts';
import type { Expansion } from './expansion.ts';

/** A macro over a range, with one variable or two. */
export interface Loop {
  readonly make: Expansion;
  readonly range: Expr;
  readonly item: string;
  readonly item2: string | null;
}

/** `all`: stops at the first `false`. */
export function every(loop: Loop, test: Expr): Expr {
  const { make } = loop;
  return make.loop({
    ...variables(loop),
    initial: make.constant(true),
    condition: make.call('@not_strictly_false', make.accumulator()),
    step: make.call('_&&_', make.accumulator(), test),
    result: make.accumulator(),
  });
}

/** `exists`: stops at the first `true`. */
export function some(loop: Loop, test: Expr): Expr {
  const { make } = loop;
  return make.loop({
    ...variables(loop),
    initial: make.constant(false),
    condition: make.call('@not_strictly_false', make.call('!_', make.accumulator())),
    step: make.call('_||_', make.accumulator(), test),
    result: make.accumulator(),
  });
}

/** `exists_one`: sees every item, so that an error is never hidden. */
export function countOne(loop: Loop, test: Expr): Expr {
  const { make } = loop;
  const more = make.call('_+_', make.accumulator(), make.constant(1n));
  return make.loop({
    ...variables(loop),
    initial: make.constant(0n),
    condition: make.constant(true),
    step: make.call('_?_:_', test, more, make.accumulator()),
    result: make.call('_==_', make.accumulator(), make.constant(1n)),
  });
}

/** `map`, `filter`, `transformList`: a list of `value`, of the items that pass. */
export function collect(loop: Loop, test: Expr | null, value: Expr): Expr {
  const { make } = loop;
  return gather(loop, make.list(), test, make.call('_+_', make.accumulator(), make.list(value)));
}

/** Starts with `initial`; `more` is the accumulator with the item added. */
export function gather(loop: Loop, initial: Expr, test: Expr | null, more: Expr): Expr {
  const { make } = loop;
  return make.loop({
    ...variables(loop),
    initial,
    condition: make.constant(true),
    step: test === null ? more : make.call('_?_:_', test, more, make.accumulator()),
    result: make.accumulator(),
  });
}

function variables({ range, item, item2 }: Loop): Omit<Loop, 'make'> {
  return { range, item, item2 };
}
