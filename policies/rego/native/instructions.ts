import type { BinaryReader } from './binary.ts';

export const LOOP = 0x03;
export const IF = 0x04;
export const END = 0x0b;
export const CALL = 0x10;
export const CALL_INDIRECT = 0x11;
const BRANCH_TABLE = 0x0e;
const EXTENDED = 0xfc;

/** What comes after the code of an instruction. */
type Immediate = (reader: BinaryReader) => void;

const nothing: Immediate = () => {};
const number: Immediate = (reader) => reader.skipNumber();
const twoNumbers: Immediate = (reader) => {
  reader.skipNumber();
  reader.skipNumber();
};
const numbers: Immediate = (reader) => {
  reader.list(() => reader.skipNumber());
};
const numbersAndOne: Immediate = (reader) => {
  numbers(reader);
  reader.skipNumber();
};

type Row = readonly [first: number, last: number, immediate: Immediate];

/** WebAssembly Core Specification 3.0, 5.4; vectors, references and exceptions, which OPA does not use, are not here. */
const ROWS: readonly Row[] = [
  [0x00, 0x01, nothing],
  [0x02, IF, number],
  [0x05, 0x05, nothing],
  [END, END, nothing],
  [0x0c, 0x0d, number],
  [BRANCH_TABLE, BRANCH_TABLE, numbersAndOne],
  [0x0f, 0x0f, nothing],
  [CALL, CALL, number],
  [CALL_INDIRECT, CALL_INDIRECT, twoNumbers],
  [0x1a, 0x1b, nothing],
  [0x1c, 0x1c, numbers],
  [0x20, 0x24, number],
  [0x28, 0x3e, twoNumbers],
  [0x3f, 0x42, number],
  [0x43, 0x43, (reader) => reader.bytes(4)],
  [0x44, 0x44, (reader) => reader.bytes(8)],
  [0x45, 0xc4, nothing],
  [EXTENDED, EXTENDED, conversion],
];

const IMMEDIATES: readonly (Immediate | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => ROWS.find(([first, last]) => code >= first && code <= last)?.[2],
);

/** Its code. @throws RangeError for what modules of OPA do not have */
export function readInstruction(reader: BinaryReader): number {
  const code = reader.byte();
  const immediate = IMMEDIATES[code] ?? unknown;
  immediate(reader);
  return code;
}

function unknown(): never {
  throw new RangeError('it has an instruction that OPA does not use');
}

/** The others copy or fill memory: one instruction could take as long as thousands. */
function conversion(reader: BinaryReader): void {
  if (reader.unsigned() > 7) unknown();
}
