import { Failure } from '../../values/failure.ts';
import { Optional, type Result } from '../../values/value.ts';
import type { Call } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { noSuchOverload } from './failures.ts';
import type { Operand, Step } from './frame.ts';
import type { Scope } from './scope.ts';

/** `a.or(b)` and `a.orValue(b)`: `b` is evaluated only when `a` is nothing. */
export function compileOptionalOr(call: Call, scope: Scope, compiler: Compiler): Operand {
  const parts = [call.target!, call.args[0]!].map((part) => compiler.operand(part, scope));
  const [run, otherwise] = [parts[0]!.run, parts[1]!.run];
  const isUnwrapped = call.name === 'orValue';
  const choose: Step = (frame) => {
    const optional = run(frame);
    if (optional instanceof Failure) return optional;
    if (!(optional instanceof Optional)) return noSuchOverload(call.name, [optional], call.at);
    if (optional.value !== undefined) return isUnwrapped ? optional.value : optional;
    const other = otherwise(frame);
    return isUnwrapped ? other : optionalOnly(other, call);
  };
  return compiler.strict(choose, parts);
}

function optionalOnly(value: Result, { name, at }: Call): Result {
  return value instanceof Failure || value instanceof Optional ? value : noSuchOverload(name, [value], at);
}
