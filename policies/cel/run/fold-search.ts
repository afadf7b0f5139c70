import { OVER_BUDGET } from '../../values/budget.ts';
import { Failure } from '../../values/failure.ts';
import type { Expr } from '../syntax/ast.ts';
import { graver, notBool } from './failures.ts';
import { type Operand, operand } from './frame.ts';
import { enter, itemsOf, type Loop } from './loop.ts';

/** `all` and `exists`: what fails for one item counts only when no other item decides. */
export function compileSearch(
  { test, decisive }: { readonly test: Expr; readonly decisive: boolean },
  { range: { run }, slots, weight, at, compile }: Loop,
): Operand {
  const holds = compile(test).run;
  const name = decisive ? '_||_' : '_&&_';
  return operand((frame) => {
    const range = run(frame);
    const items = itemsOf(range, at, frame);
    if (items instanceof Failure) return items;
    let failed: Failure | null = null;
    for (let i = 0; i < items.length; i++) {
      if (!frame.spend(weight)) return OVER_BUDGET;
      enter(frame, slots, range, items, i);
      const result = holds(frame);
      if (result === decisive) return decisive;
      if (typeof result === 'boolean') continue;
      const found = notBool(result, name, at);
      failed = failed === null ? found : graver(failed, found);
      if (failed.isFinal) return failed;
    }
    return failed ?? !decisive;
  });
}

/** `exists_one`: fails where one test fails. */
export function compileCountOne(
  { test }: { readonly test: Expr },
  { range: { run }, slots, weight, at, compile }: Loop,
): Operand {
  const holds = compile(test).run;
  return operand((frame) => {
    const range = run(frame);
    const items = itemsOf(range, at, frame);
    if (items instanceof Failure) return items;
    let count = 0;
    for (let i = 0; i < items.length; i++) {
      if (!frame.spend(weight)) return OVER_BUDGET;
      enter(frame, slots, range, items, i);
      const result = holds(frame);
      if (typeof result !== 'boolean') return notBool(result, '_?_:_', at);
      if (result) count += 1;
    }
    return count === 1;
  });
}
