import { Failure } from '../../values/failure.ts';
import type { Result } from '../../values/value.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import type { Compiler } from './compiler.ts';
import { graver, noSuchOverload, notBool } from './failures.ts';
import { type Operand, operand, type Step } from './frame.ts';
import type { Scope } from './scope.ts';

/** `a && b && …`: false decides, whatever else is not known. */
export function compileAnd(call: Call, scope: Scope, compiler: Compiler): Operand {
  return connective(call, false, scope, compiler);
}

/** `a || b || …`: true decides. */
export function compileOr(call: Call, scope: Scope, compiler: Compiler): Operand {
  return connective(call, true, scope, compiler);
}

function connective(call: Call, decisive: boolean, scope: Scope, compiler: Compiler): Operand {
  const parts = compiler.isTraced ? call.args : flatten(call, call.name);
  const operands = decidingParts(parts, decisive, scope, compiler);
  return compiler.strict(
    untilDecided(
      operands.map(({ run }) => run),
      decisive,
      call,
    ),
    operands,
  );
}

/**
 * Without what never changes the outcome, and without what comes after a constant that decides. What comes before one
 * may still fail for good.
 */
function decidingParts(parts: readonly Expr[], decisive: boolean, scope: Scope, compiler: Compiler): Operand[] {
  const operands: Operand[] = [];
  for (const part of parts) {
    if (operands.at(-1)?.constant === decisive) compiler.unreached(part, scope);
    else {
      const one = compiler.operand(part, scope);
      if (one.constant !== !decisive || one.cost > 0) operands.push(one);
    }
  }
  return operands;
}

function flatten(expr: Expr, name: string): readonly Expr[] {
  if (expr.kind !== 'call' || expr.name !== name || expr.target !== null) return [expr];
  return expr.args.flatMap((part) => flatten(part, name));
}

function untilDecided(steps: readonly Step[], decisive: boolean, { name, at }: Call): Step {
  const count = steps.length;
  return (frame) => {
    let failed: Failure | null = null;
    for (let i = 0; i < count; i++) {
      const result = steps[i]!(frame);
      if (result === decisive) return decisive;
      if (typeof result === 'boolean') continue;
      const found = notBool(result, name, at);
      failed = failed === null ? found : graver(failed, found);
      if (failed.isFinal) return failed;
    }
    return failed ?? !decisive;
  };
}

export function compileNot(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [part] = call.args.map((arg) => compiler.operand(arg, scope));
  const { run } = part!;
  const negate: Step = (frame) => {
    const result = run(frame);
    return typeof result === 'boolean' ? !result : notBool(result, call.name, call.at);
  };
  return compiler.strict(negate, [part!]);
}

export function compileConditional(call: Call, scope: Scope, compiler: Compiler): Operand {
  const [first, then, otherwise] = call.args;
  const condition = compiler.operand(first!, scope);
  const known = condition.cost === 0 ? condition.constant : undefined;
  const taken = branch(then!, known !== false, scope, compiler);
  const other = branch(otherwise!, known !== true, scope, compiler);
  if (typeof known === 'boolean') return known ? taken : other;
  const [test, yes, no] = [condition.run, taken.run, other.run];
  return operand((frame) => {
    const result = test(frame);
    if (result === true) return yes(frame);
    return result === false ? no(frame) : notBool(result, call.name, call.at);
  });
}

function branch(expr: Expr, isReached: boolean, scope: Scope, compiler: Compiler): Operand {
  return isReached ? compiler.operand(expr, scope) : compiler.unreached(expr, scope);
}

/** Whether a fold goes on: only false ends it. */
export function compileNotStrictlyFalse(call: Call, scope: Scope, compiler: Compiler): Operand {
  const { run } = compiler.operand(call.args[0]!, scope);
  return operand((frame) => {
    const result: Result = run(frame);
    if (result instanceof Failure) return result.isFinal ? result : true;
    return typeof result === 'boolean' ? result : noSuchOverload(call.name, [result], call.at);
  });
}
