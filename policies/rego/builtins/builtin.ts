import {
  BuiltinError,
  type BuiltinResult,
  isInteger,
  isObject,
  itemsOf,
  type RegoObject,
  type RegoValue,
} from '../value.ts';
import { OverWork, Work } from './work.ts';

/** What the functions of one evaluation share. */
export interface BuiltinCall {
  /** What `time.now_ns` gives, in milliseconds since 1970. */
  readonly time: number;
  /** Answers that must stay the same within one evaluation: `rand.intn`, `uuid.rfc4122`. */
  readonly kept: Map<string, RegoValue>;
  readonly work: Work;
}

/** For one evaluation. @param time milliseconds since 1970 */
export function beginCall(time: number): BuiltinCall {
  return { time, kept: new Map(), work: new Work() };
}

/** Of any call: checking its operands, and what is the same for all of them. */
const CALL_STEPS = 40;

/** A pure function of Rego. Never throws. The number of operands is checked when a policy is compiled. */
export type Builtin = (operands: readonly RegoValue[], call: BuiltinCall) => BuiltinResult;

export type Builtins = ReadonlyMap<string, Builtin>;

/** What an operand may be; the type checker of Rego does not know what `input` holds. */
interface Types {
  readonly any: RegoValue;
  readonly string: string;
  readonly number: number | bigint;
  readonly integer: number | bigint;
  readonly boolean: boolean;
  readonly array: readonly RegoValue[];
  /** An array or a set, as a list. */
  readonly items: readonly RegoValue[];
  readonly object: RegoObject;
}
type TypeName = keyof Types;

const IS: Readonly<Record<TypeName, (value: RegoValue) => boolean>> = {
  any: () => true,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' || typeof value === 'bigint',
  integer: isInteger,
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  items: (value) => itemsOf(value) !== null,
  object: isObject,
};

type Operands<T extends readonly TypeName[]> = { readonly [K in keyof T]: Types[T[K]] };

/** A function whose operands are checked; a wrong one is an error, as it is with strict errors in OPA. */
export function define<const T extends readonly TypeName[]>(
  name: string,
  types: T,
  run: (operands: Operands<T>, call: BuiltinCall) => BuiltinResult,
): readonly [string, Builtin] {
  const builtin: Builtin = (operands, call) => {
    const wrong = types.findIndex((type, i) => !IS[type](operands[i] ?? null));
    if (wrong >= 0) return new BuiltinError(`operand ${wrong + 1} must be of type ${types[wrong]}`);
    const checked = operands.map((value, i) => (types[i] === 'items' ? itemsOf(value) : value));
    return guarded(() => {
      call.work.charge(CALL_STEPS);
      return run(checked as unknown as Operands<T>, call);
    });
  };
  return [name, builtin];
}

/** What is too much to do is an error of the policy. */
export function guarded<T>(run: () => T): T | BuiltinError {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof OverWork) return new BuiltinError(thrown.message);
    throw thrown;
  }
}

export function fail(message: string): BuiltinError {
  return new BuiltinError(message);
}

/** `null` when not all of them are texts. */
export function textsOf(items: readonly RegoValue[]): readonly string[] | null {
  return items.every((item) => typeof item === 'string') ? items : null;
}
