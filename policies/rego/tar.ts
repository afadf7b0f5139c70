import { AppError } from '../../src/base/errors.ts';

/** A file of an archive; its name has neither a leading slash nor `..`. */
export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Entries of one archive, directories included. */
const MAX_ENTRIES = 4096;
const BLOCK = 512;

/**
 * The regular files of a tar archive (POSIX.1-2024 pax: ustar headers with extended names; GNU long names too).
 *
 * @throws AppError when it is not one, or holds anything but files and directories
 */
export function readTar(archive: Buffer): ArchiveFile[] {
  const files = new Map<string, ArchiveFile>();
  let longName: string | null = null;
  let at = 0;
  for (let entries = 0; !isEnd(archive, at); entries++) {
    if (entries >= MAX_ENTRIES) throw refused(`more than ${MAX_ENTRIES} entries`);
    const header = readHeader(archive, at);
    const bytes = archive.subarray(at + BLOCK, at + BLOCK + header.size);
    if (bytes.length < header.size) throw refused('cut off');
    at += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
    const extended = NAMES[header.type];
    if (extended !== undefined) {
      longName = extended(bytes) ?? longName;
      continue;
    }
    const name = safeName(longName ?? header.name);
    longName = null;
    if (header.type === '5') continue;
    if (header.type !== '0' && header.type !== '\0') throw refused(`"${name}" is neither a file nor a directory`);
    if (files.has(name)) throw refused(`"${name}" is there twice`);
    files.set(name, { name, bytes });
  }
  return [...files.values()];
}

/** Two blocks of zeros; an archive may also just end. */
function isEnd(archive: Buffer, at: number): boolean {
  if (at >= archive.length) return true;
  if (archive.length - at < BLOCK) throw refused('cut off');
  return archive.subarray(at, at + BLOCK).every((byte) => byte === 0);
}

interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

function readHeader(archive: Buffer, at: number): Header {
  const block = archive.subarray(at, at + BLOCK);
  if (octal(block, 148, 8) !== checksum(block)) throw refused('a header has a wrong checksum');
  const isPosix = text(block, 257, 5) === 'ustar' && block[262] === 0; // GNU's has other fields there
  const prefix = isPosix ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12),
    type: String.fromCharCode(block[156] ?? 0),
  };
}

/** Of all bytes, with its own field taken as blanks. */
function checksum(block: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  return sum;
}

function octal(block: Buffer, start: number, length: number): number {
  const digits = text(block, start, length).trim();
  if (!/^[0-7]{0,11}$/.test(digits)) throw refused('a header has a number that is not octal');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** Entries that say something of the next one, by their type; they give its name or `null`. */
const NAMES: Readonly<Record<string, (bytes: Buffer) => string | null>> = {
  L: (bytes) => text(bytes, 0, bytes.length),
  g: () => null,
  x: paxPath,
};

/** Records `LENGTH KEY=VALUE\n`, where the length counts the whole record. */
function paxPath(bytes: Buffer): string | null {
  let path: string | null = null;
  for (let at = 0; at < bytes.length; ) {
    const blank = bytes.indexOf(' ', at);
    const length = Number(bytes.toString('latin1', at, Math.max(blank, at)));
    if (!Number.isSafeInteger(length) || length <= blank - at + 1) throw refused('an extended header is malformed');
    const record = bytes.toString('utf8', blank + 1, at + length - 1);
    if (record.startsWith('size=')) throw refused('sizes in extended headers are not supported');
    if (record.startsWith('path=')) path = record.slice('path='.length);
    at += length;
  }
  return path;
}

/** @throws AppError for a name that leads out of the archive, or that two systems read differently */
export function safeName(name: string): string {
  const relative = name.replace(/^(\.?\/)+/, '').replace(/\/$/, '');
  const parts = relative.split('/');
  if (/[\\\u0000-\u001f]/.test(name) || parts.includes('..'))
    throw refused(`the name ${JSON.stringify(name)} is unsafe`);
  return parts.filter((part) => part !== '.' && part !== '').join('/');
}

function refused(why: string): AppError {
  return new AppError('invalid', `not a usable archive: ${why}`);
}
