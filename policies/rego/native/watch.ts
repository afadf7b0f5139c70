import { list, part, signed, unsigned } from './binary.ts';
import { NATIVES, type NativeFunction, numberOf, numberOfCheck } from './functions.ts';
import {
  CODE,
  EXPORT,
  FUNCTION,
  findSection,
  functionNames,
  GLOBAL,
  importedFunctions,
  type Section,
  sectionsOf,
} from './sections.ts';
import { countSteps, stepsGlobal, withSteps, withStepsExported } from './steps.ts';

/**
 * The module, with each native function that has no result asking the host for one. OPA gives `undefined` then, which
 * looks like a rule that does not match: a DENY would let the request pass.
 *
 * Each body moves to a function at the end of the module, and one that calls it takes its place, so that every number
 * and every caller stays as it is. The steps of all of them are counted.
 *
 * @throws RangeError for what is no module, or has functions without names
 */
export function watchNatives(wasm: Uint8Array): Uint8Array {
  const { header, sections } = sectionsOf(wasm);
  const names = functionNames(sections);
  const imported = importedFunctions(sections);
  const code = new Code(sections, imported.length);
  if (!code.isNamed(names)) throw new RangeError('functions in it have no names: make it with opa build');
  const numbers = new Map([...names].map(([number, name]) => [name, number]));
  for (const native of NATIVES.filter(({ inside }) => numbers.has(inside))) {
    const host = imported.indexOf(`opa_builtin${native.operands}`);
    if (host < 0) throw new RangeError(`it does not import opa_builtin${native.operands}`);
    code.replace(numbers.get(native.inside)!, (inner) => bodyOf(native, inner, host));
  }
  const changed: ReadonlyMap<number, Uint8Array> = new Map([
    [FUNCTION, code.types()],
    [GLOBAL, withSteps(sections)],
    [EXPORT, withStepsExported(sections)],
    [CODE, code.bodies(stepsGlobal(sections))],
  ]);
  return Buffer.concat([header, ...sections.map(({ id, bytes }) => withId(id, changed.get(id) ?? bytes))]);
}

function withId(id: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([id]), part(bytes)]);
}

/** No locals, `unreachable`, `end`. */
const REMOVED = Buffer.from([0, 0, 0x0b]);

/** Types and bodies of the functions of a module. */
class Code {
  readonly #imported: number;
  readonly #types: number[];
  readonly #bodies: Uint8Array[];

  constructor(sections: readonly Section[], imported: number) {
    const [types, bodies] = [findSection(sections, FUNCTION), findSection(sections, CODE)];
    this.#imported = imported;
    this.#types = types?.list(() => types.unsigned()) ?? [];
    this.#bodies = bodies?.list(() => bodies.part()) ?? [];
  }

  /** OPA leaves nothing of a function that is not used, its name included. */
  isNamed(names: ReadonlyMap<number, string>): boolean {
    return this.#bodies.every((body, i) => names.has(this.#imported + i) || REMOVED.equals(body));
  }

  /** @param make gives the new body; `inner` is the number that the old one has from now on */
  replace(number: number, make: (inner: number) => Uint8Array): void {
    const at = number - this.#imported;
    const [type, body] = [this.#types[at], this.#bodies[at]];
    if (type === undefined || body === undefined) throw new RangeError('a function with a name is not there');
    const inner = this.#imported + this.#bodies.length;
    this.#types.push(type);
    this.#bodies.push(body);
    this.#bodies[at] = make(inner);
  }

  types(): Buffer {
    return list(this.#types.map(unsigned));
  }

  /** @param steps number of the global that counts them */
  bodies(steps: number): Buffer {
    return list(this.#bodies.map((body) => part(countSteps(body, steps))));
  }
}

const I32 = 0x7f;
const IF = 0x04;
const END = 0x0b;
const CALL = 0x10;
const DROP = 0x1a;
const LOCAL_GET = 0x20;
const LOCAL_TEE = 0x22;
const I32_EQZ = 0x45;
const I32_CONST = 0x41;
const ELSE = 0x05;

/** `check(operands…); result = inner(operands…); result == 0 ? host(number, 0, operands…) : result` */
function bodyOf(native: NativeFunction, inner: number, host: number): Uint8Array {
  const result = native.operands;
  const operands = Array.from({ length: native.operands }, (_, i) => [LOCAL_GET, i]).flat();
  const ask = (number: number) => [I32_CONST, ...signed(number), I32_CONST, 0, ...operands, CALL, ...unsigned(host)];
  const call = ask(numberOf(native));
  const check = native.isChecked ? [...ask(numberOfCheck(native)), DROP] : [];
  const own = [...operands, CALL, ...unsigned(inner), LOCAL_TEE, result, I32_EQZ];
  const choice = [...own, IF, I32, ...call, ELSE, LOCAL_GET, result, END];
  return Buffer.from([1, 1, I32, ...check, ...(native.isReplaced ? call : choice), END]);
}
