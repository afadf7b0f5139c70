import { BinaryReader, list, signed, unsigned } from './binary.ts';
import { CALL, CALL_INDIRECT, END, IF, LOOP, readInstruction } from './instructions.ts';
import { EXPORT, findSection, GLOBAL, GLOBAL_KIND, importedGlobals, type Section } from './sections.ts';

/**
 * The global of a module that holds how many steps it may still take. A step is the call of a function or a round of a
 * loop: between two of them a module does only what its code says once, about 5 ns. With less than none left it traps.
 */
export const STEPS = 'ostiary_steps';

/** What is done before a module is asked is not counted. */
const MOST_STEPS = 2 ** 31 - 1;

const I32 = 0x7f;
const MUTABLE = 1;
const [I32_CONST, I32_SUB, I32_LT_S] = [0x41, 0x6b, 0x48] as const;
const [GLOBAL_GET, GLOBAL_SET] = [0x23, 0x24] as const;
const [NO_RESULT, UNREACHABLE] = [0x40, 0x00] as const;

/**
 * The body, taking a step where it begins and at each round of a loop; but none when it neither loops nor calls: it is
 * then part of the step of who calls it.
 *
 * @param global number of the one with the steps
 */
export function countSteps(body: Uint8Array, global: number): Uint8Array {
  const step = Buffer.from(stepOf(global));
  const parts: Uint8Array[] = [];
  let last = 0;
  for (const at of steppingPoints(body)) {
    parts.push(body.subarray(last, at), step);
    last = at;
  }
  return Buffer.concat([...parts, body.subarray(last)]);
}

/** `if (--steps < 0) trap` */
function stepOf(global: number): readonly number[] {
  const number = unsigned(global);
  const taken = [GLOBAL_GET, ...number, I32_CONST, 1, I32_SUB, GLOBAL_SET, ...number];
  return [...taken, GLOBAL_GET, ...number, I32_CONST, 0, I32_LT_S, IF, NO_RESULT, UNREACHABLE, END];
}

function skipLocals(reader: BinaryReader): void {
  reader.list(() => {
    reader.skipNumber();
    reader.byte();
  });
}

/** Where the code of the function and of each of its loops begins. */
function steppingPoints(body: Uint8Array): readonly number[] {
  const reader = new BinaryReader(body);
  skipLocals(reader);
  const points = [reader.at];
  let isLeaf = true;
  while (!reader.isAtEnd) {
    const code = readInstruction(reader);
    if (code === LOOP) points.push(reader.at);
    isLeaf &&= code !== LOOP && code !== CALL && code !== CALL_INDIRECT;
  }
  return isLeaf ? [] : points;
}

/** The number that the global with the steps gets: it is the last one. */
export function stepsGlobal(sections: readonly Section[]): number {
  return importedGlobals(sections) + globalsOf(sections).length;
}

function globalsOf(sections: readonly Section[]): readonly Uint8Array[] {
  const reader = findSection(sections, GLOBAL);
  if (reader === null) throw new RangeError('it has no globals');
  return reader.list(() => reader.upTo(() => skipGlobal(reader)));
}

/** Its type, and the constant that it begins with. */
function skipGlobal(reader: BinaryReader): void {
  reader.bytes(2);
  while (readInstruction(reader) !== END);
}

/** The section of globals, with the one for the steps. */
export function withSteps(sections: readonly Section[]): Buffer {
  return list([...globalsOf(sections), Buffer.from([I32, MUTABLE, I32_CONST, ...signed(MOST_STEPS), END])]);
}

/** The section of exports, with the one for the steps. */
export function withStepsExported(sections: readonly Section[]): Buffer {
  const reader = findSection(sections, EXPORT);
  if (reader === null) throw new RangeError('it exports nothing');
  const exported = reader.list(() =>
    reader.upTo(() => {
      reader.name();
      reader.byte();
      reader.skipNumber();
    }),
  );
  const name = Buffer.from(STEPS);
  const own = Buffer.concat([unsigned(name.length), name, Buffer.from([GLOBAL_KIND]), unsigned(stepsGlobal(sections))]);
  return list([...exported, own]);
}
