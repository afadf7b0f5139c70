import type { Failure } from '../../values/failure.ts';
import type { Result, Value } from '../../values/value.ts';
import type { Caller, Overload, Run } from '../library/overload.ts';
import { accepts, runtimeShape, type Shape } from './accepts.ts';

type Function1 = (a: Value, caller: Caller) => Result;
type Function2 = (a: Value, b: Value, caller: Caller) => Result;
type Function3 = (a: Value, b: Value, c: Value, caller: Caller) => Result;

/** An overload that a call may turn out to mean. */
export class Form {
  readonly shapes: readonly Shape[];
  readonly #run: Run;

  constructor(overload: Overload, run: Run) {
    this.shapes = overload.params.map(runtimeShape);
    this.#run = run;
  }

  fits(values: readonly Value[]): boolean {
    return this.shapes.every((shape, i) => accepts(shape, values[i]!));
  }

  fits1(a: Value): boolean {
    return accepts(this.shapes[0]!, a);
  }

  fits2(a: Value, b: Value): boolean {
    return accepts(this.shapes[0]!, a) && accepts(this.shapes[1]!, b);
  }

  call0(caller: Caller): Result {
    const { arity, fn } = this.#run;
    return arity === 0 ? fn(caller) : (fn as (args: readonly Value[], caller: Caller) => Result)([], caller);
  }

  call1(a: Value, caller: Caller): Result {
    const { arity, fn } = this.#run;
    return arity === 'any' ? fn([a], caller) : (fn as Function1)(a, caller);
  }

  call2(a: Value, b: Value, caller: Caller): Result {
    const { arity, fn } = this.#run;
    return arity === 'any' ? fn([a, b], caller) : (fn as Function2)(a, b, caller);
  }

  call(values: readonly Value[], caller: Caller): Result {
    const { arity, fn } = this.#run;
    if (arity === 'any') return fn(values, caller);
    return (fn as Function3)(values[0]!, values[1]!, values[2]!, caller);
  }
}

/** A form whose preparation has failed gives that failure whenever it is called. */
export function failing(problem: Failure): Run {
  return { arity: 'any', fn: () => problem };
}
