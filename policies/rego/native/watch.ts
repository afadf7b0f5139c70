import { list, part, signed, unsigned } from './binary.ts';
import { NATIVES, type NativeFunction, numberOf } from './functions.ts';
import { CODE, FUNCTION, findSection, functionNames, importedFunctions, type Section, sectionsOf } from './sections.ts';

/**
 * The module, with each native function that has no result asking the host for one. OPA gives `undefined` then, which
 * looks like a rule that does not match: a DENY would let the request pass.
 *
 * Each body moves to a function at the end of the module, and one that calls it takes its place, so that every number
 * and every caller stays as it is.
 *
 * @throws RangeError for what is no module, or has no names of functions
 */
export function watchNatives(wasm: Uint8Array): Uint8Array {
  const { header, sections } = sectionsOf(wasm);
  const names = functionNames(sections);
  if (names.size === 0) throw new RangeError('it has no names of functions: make it with opa build');
  const found = NATIVES.filter(({ inside }) => names.has(inside));
  const imported = importedFunctions(sections);
  const code = new Code(sections, imported.length);
  for (const native of found) {
    const host = imported.indexOf(`opa_builtin${native.operands}`);
    if (host < 0) throw new RangeError(`it does not import opa_builtin${native.operands}`);
    code.replace(names.get(native.inside)!, (inner) => bodyOf(native, inner, host));
  }
  return Buffer.concat([header, ...sections.map((section) => withId(section, code))]);
}

function withId({ id, bytes }: Section, code: Code): Buffer {
  const changed = id === FUNCTION ? code.types() : id === CODE ? code.bodies() : bytes;
  return Buffer.concat([Buffer.from([id]), part(changed)]);
}

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

  bodies(): Buffer {
    return list(this.#bodies.map(part));
  }
}

const I32 = 0x7f;
const IF = 0x04;
const END = 0x0b;
const CALL = 0x10;
const LOCAL_GET = 0x20;
const LOCAL_TEE = 0x22;
const I32_EQZ = 0x45;
const I32_CONST = 0x41;
const ELSE = 0x05;

/** `result = inner(operands…); result == 0 ? host(number, 0, operands…) : result` */
function bodyOf(native: NativeFunction, inner: number, host: number): Uint8Array {
  const result = native.operands;
  const operands = Array.from({ length: native.operands }, (_, i) => [LOCAL_GET, i]).flat();
  const call = [I32_CONST, ...signed(numberOf(native)), I32_CONST, 0, ...operands, CALL, ...unsigned(host)];
  const own = [...operands, CALL, ...unsigned(inner), LOCAL_TEE, result, I32_EQZ];
  const choice = [...own, IF, I32, ...call, ELSE, LOCAL_GET, result, END];
  return Buffer.from([1, 1, I32, ...(native.isReplaced ? call : choice), END]);
}
