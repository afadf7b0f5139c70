import { BUILTINS } from './builtins/all.ts';
import { type Builtins, beginCall } from './builtins/builtin.ts';
import { refusalOf } from './builtins/refused.ts';
import { Instance, type InstanceParts } from './instance.ts';
import { NATIVE_ANSWERS } from './native/functions.ts';
import { watchNatives } from './native/watch.ts';
import { BuiltinError } from './value.ts';
import { WebAssembly } from './web-assembly.ts';

/** A policy in WebAssembly with its data, as `opa build -t wasm` makes it. */
export interface Module {
  /** `octelium/condition/match`. */
  readonly entrypoints: readonly string[];
  /**
   * Never throws. What the module makes cannot be interrupted; its memory is bounded.
   *
   * @param entrypoint one of `entrypoints`
   * @param input JSON
   * @param time what `time.now_ns` gives, in milliseconds since 1970
   */
  evaluate(entrypoint: string, input: Uint8Array, time: number): ModuleResult;
}

export type ModuleResult =
  /** Of JSON. */
  | { readonly kind: 'value'; readonly value: unknown }
  /** No rule gives a value. */
  | { readonly kind: 'undefined' }
  | { readonly kind: 'error'; readonly message: string };

export type Loaded =
  | { readonly ok: true; readonly module: Module }
  /** No module of OPA, or one that needs `builtins` that are not there. */
  | { readonly ok: false; readonly message: string; readonly builtins: readonly string[] };

/**
 * What the memory of a policy may grow to beside its data, in bytes: JSON of a body takes about 25 times its length,
 * and a loop that fills it about half a millisecond for each MiB.
 */
const MEMORY = 8 * 1024 * 1024;

const NO_DATA = Buffer.from('{}');

const SUPPLIED: Builtins = new Map([...BUILTINS, ...NATIVE_ANSWERS]);

/** Never throws. @param data JSON */
export function loadModule(wasm: Uint8Array, data: Uint8Array = NO_DATA): Loaded {
  try {
    const module = new WebAssembly.Module(watchNatives(wasm));
    return judge({ module, size: wasm.length, data, memory: MEMORY, supplied: SUPPLIED });
  } catch (thrown) {
    return { ok: false, message: `no policy of OPA in WebAssembly: ${messageOf(thrown)}`, builtins: [] };
  }
}

function judge(parts: InstanceParts): Loaded {
  const instance = new Instance(parts);
  const missing = Object.keys(instance.builtins()).filter((name) => !BUILTINS.has(name));
  const [first] = missing;
  if (first === undefined) return { ok: true, module: new LoadedModule(parts, instance) };
  return { ok: false, message: refusalOf(first), builtins: missing };
}

class LoadedModule implements Module {
  readonly entrypoints: readonly string[];
  readonly #parts: InstanceParts;
  readonly #numbers: ReadonlyMap<string, number>;
  /** `null` after one that was aborted: its stack and heap are in no known state. */
  #instance: Instance | null;

  constructor(parts: InstanceParts, instance: Instance) {
    this.#parts = parts;
    this.#instance = instance;
    this.#numbers = new Map(Object.entries(instance.entrypoints()));
    this.entrypoints = [...this.#numbers.keys()];
  }

  evaluate(entrypoint: string, input: Uint8Array, time: number): ModuleResult {
    const number = this.#numbers.get(entrypoint);
    if (number === undefined) return { kind: 'error', message: `there is no entrypoint "${entrypoint}"` };
    try {
      this.#instance ??= new Instance(this.#parts);
      return toResult(this.#instance.evaluate(number, input, beginCall(time)));
    } catch (thrown) {
      this.#instance = null;
      return { kind: 'error', message: messageOf(thrown) };
    }
  }
}

function toResult(text: string | BuiltinError): ModuleResult {
  if (text instanceof BuiltinError) return { kind: 'error', message: text.message };
  const [first] = JSON.parse(text) as readonly { readonly result: unknown }[];
  return first === undefined ? { kind: 'undefined' } : { kind: 'value', value: first.result };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
