import { Failure } from '../../values/failure.ts';
import type { Result, Value } from '../../values/value.ts';
import { noSuchOverload, placed } from './failures.ts';
import type { Form } from './form.ts';
import type { Step } from './frame.ts';

/** Evaluates the arguments and calls the form that takes values of their types. */
export function dispatch(name: string, forms: readonly Form[], args: readonly Step[], at: number): Step {
  const [first, second, third] = args;
  if (first === undefined) return (frame) => placed(forms[0]!.call0(frame), at);
  if (second === undefined) return forms.length === 1 ? one1(name, forms[0]!, first, at) : any1(name, forms, first, at);
  if (third !== undefined) return many(name, forms, args, at);
  return forms.length === 1 ? one2(name, forms[0]!, first, second, at) : any2(name, forms, first, second, at);
}

function one1(name: string, form: Form, arg: Step, at: number): Step {
  return (frame) => {
    const a = arg(frame);
    if (a instanceof Failure) return a;
    return form.fits1(a) ? placed(form.call1(a, frame), at) : noSuchOverload(name, [a], at);
  };
}

function any1(name: string, forms: readonly Form[], arg: Step, at: number): Step {
  let last = forms[0]!;
  return (frame) => {
    const a = arg(frame);
    if (a instanceof Failure) return a;
    // the form of the evaluation before is very likely the right one
    if (last.fits1(a)) return placed(last.call1(a, frame), at);
    const form = forms.find((one) => one.fits1(a));
    if (form === undefined) return noSuchOverload(name, [a], at);
    last = form;
    return placed(form.call1(a, frame), at);
  };
}

function one2(name: string, form: Form, left: Step, right: Step, at: number): Step {
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    return form.fits2(a, b) ? placed(form.call2(a, b, frame), at) : noSuchOverload(name, [a, b], at);
  };
}

function any2(name: string, forms: readonly Form[], left: Step, right: Step, at: number): Step {
  let last = forms[0]!;
  return (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    if (last.fits2(a, b)) return placed(last.call2(a, b, frame), at);
    const form = forms.find((one) => one.fits2(a, b));
    if (form === undefined) return noSuchOverload(name, [a, b], at);
    last = form;
    return placed(form.call2(a, b, frame), at);
  };
}

function many(name: string, forms: readonly Form[], args: readonly Step[], at: number): Step {
  return (frame): Result => {
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    const form = forms.find((one) => one.fits(values));
    return form === undefined ? noSuchOverload(name, values, at) : placed(form.call(values, frame), at);
  };
}
