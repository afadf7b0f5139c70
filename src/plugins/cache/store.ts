import type { HeaderList } from '../../base/header-list.ts';
import { type Entry, fits, sizeOf } from './entry.ts';

/** Answers to one key, kept apart by what their Vary names. */
interface Line {
  readonly key: string;
  readonly target: string;
  readonly entries: readonly Entry[];
  readonly size: number;
}

/** An answer that is being read; what it is about may change in the meantime. */
export interface Reading {
  readonly target: string;
  /** It may show what was before a change. */
  isOld: boolean;
}

interface Target {
  readonly keys: Set<string>;
  readonly readings: Set<Reading>;
}

/** Entries of one key; more are nothing that comes again. */
const MOST_VARIANTS = 8;

/** The answers that one process keeps, of all caches together; what was used longest ago goes first. */
export class ResponseStore {
  readonly #limit: number;
  readonly #lines = new Map<string, Line>();
  readonly #targets = new Map<string, Target>();
  #bytes = 0;
  #beingRead = 0;
  #areas = 0;

  /** @param limit bytes that are kept; half as many may be on their way besides */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesBeingRead(): number {
    return this.#beingRead;
  }

  /** A prefix for the keys of one cache, which nobody else ever has: what was kept for another configuration is not found. */
  newArea(): string {
    return String(this.#areas++);
  }

  find(key: string, headers: HeaderList): Entry | null {
    const line = this.#lines.get(key);
    const found = line?.entries.find((entry) => fits(entry, headers)) ?? null;
    if (found === null) return null;
    this.#lines.delete(key);
    this.#lines.set(key, line!);
    return found;
  }

  /** In the place of `before`, and of whatever else fits the same requests. */
  put(key: string, target: string, entry: Entry): void {
    const others = (this.#lines.get(key)?.entries ?? []).filter((other) => !isSame(other, entry));
    this.#replace(key, target, [entry, ...others].slice(0, MOST_VARIANTS));
    for (const oldest of this.#lines.keys()) {
      if (this.#bytes <= this.#limit) break;
      this.#drop(oldest);
    }
  }

  forget(key: string, entry: Entry): void {
    const line = this.#lines.get(key);
    if (line?.entries.includes(entry) !== true) return;
    this.#replace(
      key,
      line.target,
      line.entries.filter((other) => other !== entry),
    );
  }

  /** Something was changed there: nothing that was read before shows it (RFC 9111 4.4). */
  changed(target: string): void {
    const known = this.#targets.get(target);
    if (known === undefined) return;
    for (const key of known.keys) this.#drop(key);
    for (const reading of known.readings) reading.isOld = true;
  }

  begin(target: string): Reading {
    const reading = { target, isOld: false };
    this.#targetOf(target).readings.add(reading);
    return reading;
  }

  end(reading: Reading): void {
    const target = this.#targets.get(reading.target);
    target?.readings.delete(reading);
    this.#tidy(reading.target);
  }

  /** Asked before `bytes` of an answer that is being read are copied. */
  take(bytes: number): boolean {
    if (this.#beingRead + bytes > this.#limit / 2) return false;
    this.#beingRead += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#beingRead -= bytes;
  }

  #replace(key: string, target: string, entries: readonly Entry[]): void {
    this.#drop(key);
    if (entries.length === 0) return;
    const size = entries.reduce((sum, entry) => sum + sizeOf(entry, key), 0);
    this.#lines.set(key, { key, target, entries, size });
    this.#targetOf(target).keys.add(key);
    this.#bytes += size;
  }

  #drop(key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    this.#lines.delete(key);
    this.#bytes -= line.size;
    this.#targets.get(line.target)?.keys.delete(key);
    this.#tidy(line.target);
  }

  #targetOf(target: string): Target {
    const known = this.#targets.get(target);
    if (known !== undefined) return known;
    const made: Target = { keys: new Set(), readings: new Set() };
    this.#targets.set(target, made);
    return made;
  }

  #tidy(target: string): void {
    const known = this.#targets.get(target);
    if (known !== undefined && known.keys.size === 0 && known.readings.size === 0) this.#targets.delete(target);
  }
}

/** Both fit the same requests. */
function isSame(one: Entry, other: Entry): boolean {
  return (
    one.varied.length === other.varied.length &&
    one.varied.every(([name, value], i) => other.varied[i]![0] === name && other.varied[i]![1] === value)
  );
}
