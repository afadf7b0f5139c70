import { type BuiltinCall, type Builtins, guarded } from './builtins/builtin.ts';
import { NATIVE_NAMES } from './native/functions.ts';
import { STEPS } from './native/steps.ts';
import { BuiltinError } from './value.ts';
import { readValue } from './value-reader.ts';
import { writeValue } from './value-text.ts';
import { type WasmMemory, type WasmModule, WebAssembly } from './web-assembly.ts';

const PAGE = 65_536;
/** Of JSON in, out and between, before data is loaded; an instance grows to `maximum`. */
const FIRST_PAGES = 5;

/** What a module may do for one evaluation, about 20 ms. */
const STEPS_OF_EVALUATION = 4_000_000;
const TOO_MANY_STEPS = 'the policy takes more steps than one evaluation may';

/** What a policy module exports (https://www.openpolicyagent.org/docs/wasm, ABI 1.2). */
interface Exports {
  readonly opa_malloc: (size: number) => number;
  readonly opa_json_parse: (address: number, size: number) => number;
  readonly opa_value_parse: (address: number, size: number) => number;
  readonly opa_json_dump: (address: number) => number;
  readonly opa_value_dump: (address: number) => number;
  readonly opa_heap_ptr_get: () => number;
  readonly opa_heap_ptr_set: (address: number) => void;
  readonly opa_eval_ctx_new: () => number;
  readonly opa_eval_ctx_set_input: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_data: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_entrypoint: (context: number, entrypoint: number) => void;
  readonly opa_eval_ctx_get_result: (context: number) => number;
  readonly eval: (context: number) => number;
  readonly builtins: () => number;
  readonly entrypoints: () => number;
  /** How many steps are left; a module that has none traps. */
  readonly [STEPS]: { value: number };
}

/** What `opa_abort` says, or that it has taken too many steps; the instance is not used again. */
export class Abort extends Error {}

export interface InstanceParts {
  readonly module: WasmModule;
  /** Of the module, in bytes: its constants lie in the memory. */
  readonly size: number;
  /** JSON of `data`. */
  readonly data: Uint8Array;
  /** What the memory may grow to beside the data, in bytes. */
  readonly memory: number;
  readonly supplied: Builtins;
}

/** A policy with its memory. One evaluation at a time. */
export class Instance {
  readonly #memory: WasmMemory;
  readonly #exports: Exports;
  readonly #supplied: Builtins;
  readonly #names: ReadonlyMap<number, string>;
  readonly #data: number;
  readonly #heap: number;
  #call: BuiltinCall | null = null;
  #failed: string | null = null;

  /** @throws Abort, and what WebAssembly throws for a module that is none of OPA's */
  constructor({ module, size, data, memory, supplied }: InstanceParts) {
    const initial = FIRST_PAGES + Math.ceil(size / PAGE);
    // data is held as text while it is parsed, and as values
    const maximum = initial + Math.ceil((memory + data.length * 16) / PAGE);
    this.#memory = new WebAssembly.Memory({ initial, maximum: Math.min(maximum, PAGE) });
    this.#supplied = supplied;
    this.#exports = new WebAssembly.Instance(module, { env: this.#imports() }).exports as Exports;
    const ofHost = Object.entries(this.builtins()).map(([name, id]) => [id, name] as const);
    this.#names = new Map([...ofHost, ...NATIVE_NAMES]);
    this.#data = this.#load(data, 'opa_json_parse');
    this.#heap = this.#exports.opa_heap_ptr_get();
  }

  /** Numbers of the functions that the module expects of its host, by name. */
  builtins(): Readonly<Record<string, number>> {
    return JSON.parse(this.#text(this.#exports.opa_json_dump(this.#exports.builtins()))) as Record<string, number>;
  }

  /** Numbers of the entrypoints, by name. */
  entrypoints(): Readonly<Record<string, number>> {
    return JSON.parse(this.#text(this.#exports.opa_json_dump(this.#exports.entrypoints()))) as Record<string, number>;
  }

  /**
   * The text of the set of results: `[]` or `[{"result":…}]`; or why a built-in function failed. The heap begins anew
   * at each call.
   *
   * @throws Abort, and what WebAssembly throws for a stack that overflows
   */
  evaluate(entrypoint: number, input: Uint8Array, call: BuiltinCall): string | BuiltinError {
    this.#exports[STEPS].value = STEPS_OF_EVALUATION;
    try {
      return this.#run(entrypoint, input, call);
    } catch (thrown) {
      throw this.#exports[STEPS].value < 0 ? new Abort(TOO_MANY_STEPS) : thrown;
    }
  }

  #run(entrypoint: number, input: Uint8Array, call: BuiltinCall): string | BuiltinError {
    this.#call = call;
    this.#failed = null;
    const exports = this.#exports;
    exports.opa_heap_ptr_set(this.#heap);
    // opa_eval would take input that it cannot parse for none, and a DENY rule would not match
    const value = this.#load(input, 'opa_json_parse');
    const context = exports.opa_eval_ctx_new();
    exports.opa_eval_ctx_set_input(context, value);
    exports.opa_eval_ctx_set_data(context, this.#data);
    exports.opa_eval_ctx_set_entrypoint(context, entrypoint);
    exports.eval(context);
    if (this.#failed !== null) return new BuiltinError(this.#failed);
    return this.#text(exports.opa_json_dump(exports.opa_eval_ctx_get_result(context)));
  }

  #imports(): object {
    const call = (id: number, _context: number, ...addresses: readonly number[]) => this.#builtin(id, addresses);
    return {
      memory: this.#memory,
      opa_abort: (address: number) => {
        throw new Abort(this.#text(address));
      },
      opa_println: () => {},
      opa_builtin0: call,
      opa_builtin1: call,
      opa_builtin2: call,
      opa_builtin3: call,
      opa_builtin4: call,
    };
  }

  /** An error is kept until the evaluation is through: throwing across its frames would spoil the instance. */
  #builtin(id: number, addresses: readonly number[]): number {
    if (this.#failed !== null) return 0;
    const name = this.#names.get(id) ?? '';
    const result = guarded(() => this.#answer(name, addresses));
    if (result === undefined) return 0;
    if (result instanceof BuiltinError) {
      this.#failed = `${name}: ${result.message}`;
      return 0;
    }
    return this.#load(Buffer.from(result), 'opa_value_parse');
  }

  /** The text of the result. @throws OverWork */
  #answer(name: string, addresses: readonly number[]): string | BuiltinError | undefined {
    const builtin = this.#supplied.get(name);
    if (builtin === undefined) return new BuiltinError('there is no such function here');
    const call = this.#call!;
    const operands = addresses.map((address) => {
      const text = this.#text(this.#exports.opa_value_dump(address));
      call.work.chargeText(text.length);
      return readValue(text);
    });
    if (operands.includes(null)) return new BuiltinError('a value nests too deeply, or a number is too long');
    const result = builtin(
      operands.map((operand) => operand!.value),
      call,
    );
    if (result === undefined || result instanceof BuiltinError) return result;
    call.work.chargeValue(result);
    return writeValue(result);
  }

  #load(text: Uint8Array, parser: 'opa_json_parse' | 'opa_value_parse'): number {
    const address = this.#exports.opa_malloc(text.length);
    new Uint8Array(this.#memory.buffer).set(text, address);
    const parsed = this.#exports[parser](address, text.length);
    if (parsed === 0) throw new Abort('a value could not be read');
    return parsed;
  }

  /** Up to the NUL. */
  #text(address: number): string {
    const bytes = Buffer.from(this.#memory.buffer);
    return bytes.toString('utf8', address, bytes.indexOf(0, address));
  }
}
