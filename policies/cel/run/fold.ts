import { OVER_BUDGET } from '../../values/budget.ts';
import { Failure } from '../../values/failure.ts';
import type { Fold } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { compileGatherList, compileGatherMap } from './fold-gather.ts';
import { compileCountOne, compileSearch } from './fold-search.ts';
import { shapeOf } from './fold-shape.ts';
import { type Operand, operand } from './frame.ts';
import { enter, itemsOf, loopOf } from './loop.ts';
import type { Scope } from './scope.ts';

export function compileFold(fold: Fold, scope: Scope, compiler: Compiler): Operand {
  const shape = shapeOf(fold);
  switch (shape.kind) {
    case 'search':
      return compileSearch(shape, loopOf(fold, scope, compiler));
    case 'count-one':
      return compileCountOne(shape, loopOf(fold, scope, compiler));
    case 'list':
      return compileGatherList(shape, loopOf(fold, scope, compiler));
    case 'map':
      return compileGatherMap(shape, loopOf(fold, scope, compiler));
    case 'bind':
      return compileBind(fold, scope, compiler);
    case 'general':
      return compileGeneral(fold, scope, compiler);
  }
}

/** `cel.bind`: a name for a value. A failure is told where the name is read. */
function compileBind(fold: Fold, scope: Scope, compiler: Compiler): Operand {
  const { run } = compiler.operand(fold.initial, scope);
  const inner = scope.with(fold.accumulator);
  const { slot } = inner;
  const body = compiler.operand(fold.result, inner).run;
  return operand((frame) => {
    const value = run(frame);
    if (value instanceof Failure && value.isFinal) return value;
    frame.slots[slot] = value;
    return body(frame);
  });
}

function compileGeneral(fold: Fold, scope: Scope, compiler: Compiler): Operand {
  const initial = compiler.operand(fold.initial, scope).run;
  const accumulated = scope.with(fold.accumulator);
  const { slot } = accumulated;
  const { range, slots, weight, at, compile } = loopOf(fold, accumulated, compiler, scope);
  const [goesOn, step] = [compile(fold.condition).run, compile(fold.step).run];
  const result = compiler.operand(fold.result, accumulated).run;
  return operand((frame) => {
    const source = range.run(frame);
    const items = itemsOf(source, at, frame);
    if (items instanceof Failure) return items;
    frame.slots[slot] = initial(frame);
    for (let i = 0; i < items.length; i++) {
      if (!frame.spend(weight)) return OVER_BUDGET;
      enter(frame, slots, source, items, i);
      if (goesOn(frame) === false) break;
      const next = step(frame);
      if (next instanceof Failure && next.isFinal) return next;
      frame.slots[slot] = next;
    }
    return result(frame);
  });
}
