/**
 * QR codes (ISO/IEC 18004) of texts, as far as a key URI needs them: bytes, error correction level L, versions 1 to 10,
 * which hold 271 bytes.
 */

/** Rows of dark and light modules. */
export type QrMatrix = readonly (readonly boolean[])[];

interface Version {
  readonly version: number;
  /** Codewords of error correction in each block. */
  readonly correction: number;
  /** Data codewords of each block. */
  readonly blocks: readonly number[];
  /** Centres of alignment patterns. */
  readonly alignment: readonly number[];
}

/** ISO/IEC 18004, tables 7, 9 and E.1, for level L. */
const VERSIONS: readonly Version[] = [
  { version: 1, correction: 7, blocks: [19], alignment: [] },
  { version: 2, correction: 10, blocks: [34], alignment: [6, 18] },
  { version: 3, correction: 15, blocks: [55], alignment: [6, 22] },
  { version: 4, correction: 20, blocks: [80], alignment: [6, 26] },
  { version: 5, correction: 26, blocks: [108], alignment: [6, 30] },
  { version: 6, correction: 18, blocks: [68, 68], alignment: [6, 34] },
  { version: 7, correction: 20, blocks: [78, 78], alignment: [6, 22, 38] },
  { version: 8, correction: 24, blocks: [97, 97], alignment: [6, 24, 42] },
  { version: 9, correction: 30, blocks: [116, 116], alignment: [6, 26, 46] },
  { version: 10, correction: 18, blocks: [68, 68, 69, 69], alignment: [6, 28, 50] },
];

/** `null`: the text is too long. */
export function qrMatrix(text: string): QrMatrix | null {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.find((one) => bytes.length + headerBytes(one) <= sum(one.blocks));
  if (version === undefined) return null;
  const codewords = interleave(version, dataCodewords(version, bytes));
  const candidates = MASKS.map((_, mask) => draw(version, codewords, mask));
  return candidates.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Mode, length, and the end of both. */
function headerBytes({ version }: Version): number {
  return version < 10 ? 2 : 3;
}

function dataCodewords({ version, blocks }: Version, bytes: Uint8Array): number[] {
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  const capacity = sum(blocks);
  push(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const words = Array.from({ length: bits.length / 8 }, (_, i) =>
    bits.slice(i * 8, i * 8 + 8).reduce((value, bit) => value * 2 + bit, 0),
  );
  for (let pad = 0xec; words.length < capacity; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Blocks are read in turns, first their data, then their correction. */
function interleave({ correction, blocks }: Version, words: readonly number[]): number[] {
  const data = blocks.map((length, i) => {
    const start = sum(blocks.slice(0, i));
    return words.slice(start, start + length);
  });
  const corrections = data.map((block) => remainder(block, correction));
  return [...inTurns(data), ...inTurns(corrections)];
}

function inTurns(lists: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat();
}

/** GF(256) with 0x11d, as powers of 2. */
const EXP = new Uint8Array(512);
const LOG = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  EXP[i] = x;
  EXP[i + 255] = x;
  LOG[x] = i;
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
}

function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXP[LOG[a]! + LOG[b]!]!;
}

/** Reed and Solomon: the remainder of the data by the generator of that degree. */
function remainder(data: readonly number[], degree: number): number[] {
  const generator = generatorOf(degree);
  const rest = new Array<number>(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    for (const [i, one] of generator.entries()) rest[i]! ^= times(one, factor);
  }
  return rest;
}

/** Without the leading one, the highest power first. */
function generatorOf(degree: number): number[] {
  let product = [1];
  for (let i = 0; i < degree; i++) {
    const next = [...product, 0];
    for (const [j, one] of product.entries()) next[j + 1]! ^= times(one, EXP[i]!);
    product = next;
  }
  return product.slice(1);
}

type Mask = (row: number, column: number) => boolean;

const MASKS: readonly Mask[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** `null`: a place that data goes to. */
type Drawing = (boolean | null)[][];

function draw(version: Version, codewords: readonly number[], mask: number): QrMatrix {
  const size = version.version * 4 + 17;
  const drawing: Drawing = Array.from({ length: size }, () => new Array<boolean | null>(size).fill(null));
  drawFinders(drawing, size);
  drawAlignment(drawing, version.alignment);
  drawTiming(drawing, size);
  drawFormat(drawing, size, mask);
  if (version.version >= 7) drawVersion(drawing, size, version.version);
  drawData(drawing, size, codewords, MASKS[mask]!);
  return drawing as boolean[][];
}

function drawFinders(drawing: Drawing, size: number): void {
  for (const [top, left] of [
    [0, 0],
    [0, size - 7],
    [size - 7, 0],
  ] as const) {
    for (let r = -1; r <= 7; r++) {
      for (let c = -1; c <= 7; c++) {
        if (drawing[top + r]?.[left + c] === undefined) continue;
        const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
        drawing[top + r]![left + c] = ring !== 2 && ring !== 4;
      }
    }
  }
}

function drawAlignment(drawing: Drawing, centres: readonly number[]): void {
  for (const row of centres) {
    for (const column of centres) {
      if (drawing[row]![column] !== null) continue;
      for (let r = -2; r <= 2; r++) {
        for (let c = -2; c <= 2; c++) drawing[row + r]![column + c] = Math.max(Math.abs(r), Math.abs(c)) !== 1;
      }
    }
  }
}

function drawTiming(drawing: Drawing, size: number): void {
  for (let i = 8; i < size - 8; i++) {
    drawing[6]![i] = i % 2 === 0;
    drawing[i]![6] = i % 2 === 0;
  }
}

/** BCH(15, 5) of the level (L is 01) and the mask. */
function drawFormat(drawing: Drawing, size: number, mask: number): void {
  const data = (0b01 << 3) | mask;
  const bits = ((data << 10) | bch(data << 10, 0b10100110111, 10)) ^ 0b101010000010010;
  for (let i = 0; i < 15; i++) {
    const dark = ((bits >>> i) & 1) === 1;
    drawing[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i]![8] = dark;
    drawing[8]![i < 8 ? size - 1 - i : i === 8 ? 7 : 14 - i] = dark;
  }
  drawing[size - 8]![8] = true;
}

/** BCH(18, 6). */
function drawVersion(drawing: Drawing, size: number, version: number): void {
  const bits = (version << 12) | bch(version << 12, 0b1111100100101, 12);
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >>> i) & 1) === 1;
    const near = Math.floor(i / 3);
    const far = size - 11 + (i % 3);
    drawing[near]![far] = dark;
    drawing[far]![near] = dark;
  }
}

function bch(data: number, generator: number, degree: number): number {
  let rest = data;
  for (let bit = 31 - Math.clz32(rest); bit >= degree && rest !== 0; bit = 31 - Math.clz32(rest)) {
    rest ^= generator << (bit - degree);
  }
  return rest;
}

/** Up and down in columns of two from the right, around what is drawn already. */
function drawData(drawing: Drawing, size: number, codewords: readonly number[], mask: Mask): void {
  let bit = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let step = 0; step < size; step++) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (drawing[row]![column] !== null) continue;
        const dark = (((codewords[bit >>> 3] ?? 0) >>> (7 - (bit & 7))) & 1) === 1;
        bit++;
        drawing[row]![column] = dark !== mask(row, column);
      }
    }
  }
}

/** ISO/IEC 18004 7.8.3: how hard it is to read. */
function penalty(matrix: QrMatrix): number {
  const columns = matrix.map((_, c) => matrix.map((row) => row[c]!));
  const lines = [...matrix, ...columns];
  return sum(lines.map(linePenalty)) + squarePenalty(matrix) + balancePenalty(matrix);
}

const FINDER_LIKE = /(?=10111010000|00001011101)/g;

function linePenalty(line: readonly boolean[]): number {
  const text = line.map((dark) => (dark ? '1' : '0')).join('');
  const runs = text.match(/0{5,}|1{5,}/g) ?? [];
  return sum(runs.map((run) => run.length - 2)) + 40 * (text.match(FINDER_LIKE) ?? []).length;
}

function squarePenalty(matrix: QrMatrix): number {
  let squares = 0;
  for (let r = 1; r < matrix.length; r++) {
    for (let c = 1; c < matrix.length; c++) {
      const dark = matrix[r]![c];
      if (dark === matrix[r]![c - 1] && dark === matrix[r - 1]![c] && dark === matrix[r - 1]![c - 1]) squares++;
    }
  }
  return 3 * squares;
}

function balancePenalty(matrix: QrMatrix): number {
  const dark = sum(matrix.map((row) => row.filter(Boolean).length));
  return 10 * Math.floor(Math.abs(dark / matrix.length ** 2 - 0.5) * 20);
}
