import { BinaryReader } from './binary.ts';

/** Sections of a module, by their number in the specification. */
export const FUNCTION = 3;
export const GLOBAL = 6;
export const EXPORT = 7;
export const CODE = 10;
const CUSTOM = 0;
const IMPORT = 2;

const HEADER = 8;

export interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** What comes before the sections, and they. @throws RangeError for what is no module */
export function sectionsOf(wasm: Uint8Array): { readonly header: Uint8Array; readonly sections: readonly Section[] } {
  const reader = new BinaryReader(wasm);
  const header = reader.bytes(HEADER);
  const sections: Section[] = [];
  while (!reader.isAtEnd) sections.push({ id: reader.byte(), bytes: reader.part() });
  return { header, sections };
}

export function findSection(sections: readonly Section[], id: number): BinaryReader | null {
  const found = sections.find((section) => section.id === id);
  return found === undefined ? null : new BinaryReader(found.bytes);
}

/** Names of the functions that are imported, in the order of their numbers. */
export function importedFunctions(sections: readonly Section[]): readonly string[] {
  return importsOf(sections, FUNCTION_KIND);
}

/** How many globals are imported. */
export function importedGlobals(sections: readonly Section[]): number {
  return importsOf(sections, GLOBAL_KIND).length;
}

/** Names of what is imported of a kind, in the order of its numbers. */
function importsOf(sections: readonly Section[], wanted: number): readonly string[] {
  const reader = findSection(sections, IMPORT);
  if (reader === null) return [];
  const imports = reader.list(() => {
    reader.name();
    return { name: reader.name(), kind: skipType(reader) };
  });
  return imports.filter(({ kind }) => kind === wanted).map(({ name }) => name);
}

const FUNCTION_KIND = 0;
export const GLOBAL_KIND = 3;

/** Its kind; those beside functions and globals are tables and memories. */
function skipType(reader: BinaryReader): number {
  const kind = reader.byte();
  if (kind === FUNCTION_KIND) reader.unsigned();
  else if (kind === GLOBAL_KIND) reader.bytes(2);
  else if (kind === 1 || kind === 2) skipLimits(reader, kind);
  else throw new RangeError('an import is of no known kind');
  return kind;
}

function skipLimits(reader: BinaryReader, kind: number): void {
  if (kind === 1) reader.byte();
  const hasMaximum = (reader.byte() & 1) === 1;
  reader.unsigned();
  if (hasMaximum) reader.unsigned();
}

/** Names of the functions, by number; empty when nobody has named them. */
export function functionNames(sections: readonly Section[]): ReadonlyMap<number, string> {
  const names = sections.filter(({ id }) => id === CUSTOM).map(({ bytes }) => new BinaryReader(bytes));
  const reader = names.find((custom) => custom.name() === 'name');
  while (reader !== undefined && !reader.isAtEnd) {
    const ofFunctions = reader.byte() === 1;
    const inner = new BinaryReader(reader.part());
    if (!ofFunctions) continue;
    return new Map(inner.list(() => [inner.unsigned(), inner.name()] as const));
  }
  return new Map();
}
