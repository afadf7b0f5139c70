import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

export interface LoadWatch {
  /** New requests are refused; those under way go on (R70). */
  readonly isOverloaded: () => boolean;
  close(): void;
}

export interface LoadParts {
  /** Processes that share what the machine, or the container, gives. */
  readonly workers: number;
  readonly warn: (message: string) => void;
}

/** How late a timer may come before the process counts as overloaded, and how late while it still is. */
const LATE_MS = 500;
const STILL_LATE_MS = 250;
const LOOK_MS = 100;
/** Looks that must find the same: one pause, such as a large configuration that is compiled, is no overload. */
const LOOKS_UNTIL_OVERLOADED = 2;
const LOOKS_UNTIL_CALM = 10;
/** What V8 adds to the limit of the heap for the young generation: three times its largest half, of 32 MiB. */
const YOUNG_BYTES = 96 * 1024 * 1024;
/** Shares of the memory that there is. */
const FULL = 0.9;
const STILL_FULL = 0.8;

/** Looks at the event loop and the memory of this process, ten times a second. */
export function watchLoad(parts: LoadParts): LoadWatch {
  const state = new LoadState(parts.warn);
  let expected = performance.now() + LOOK_MS;
  const look = () => {
    const now = performance.now();
    state.look({ lateMs: now - expected, memory: usedShare(parts.workers) });
    expected = now + LOOK_MS;
  };
  const timer = setInterval(look, LOOK_MS).unref();
  return { isOverloaded: () => state.overloaded, close: () => clearInterval(timer) };
}

/** What one look found. */
export interface Load {
  /** Milliseconds that the event loop was late. */
  readonly lateMs: number;
  /** Used memory, as a share of the limit that is nearest. */
  readonly memory: number;
}

/** Overloaded soon and calm late, so that it does not change with every look. */
export class LoadState {
  overloaded = false;
  readonly #warn: (message: string) => void;
  /** Looks in a row that speak against the present state. */
  #against = 0;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  look(load: Load): void {
    const tooMuch = isTooMuch(load, this.overloaded);
    this.#against = tooMuch === this.overloaded ? 0 : this.#against + 1;
    if (this.#against < (this.overloaded ? LOOKS_UNTIL_CALM : LOOKS_UNTIL_OVERLOADED)) return;
    this.#against = 0;
    this.overloaded = tooMuch;
    this.#warn(tooMuch ? `overloaded, so new requests are refused: ${describe(load)}` : 'not overloaded any more');
  }
}

function isTooMuch({ lateMs, memory }: Load, overloaded: boolean): boolean {
  return overloaded ? lateMs > STILL_LATE_MS || memory > STILL_FULL : lateMs > LATE_MS || memory > FULL;
}

function describe({ lateMs, memory }: Load): string {
  return `the event loop is ${Math.round(lateMs)} ms late, ${Math.round(memory * 100)} % of the memory is used`;
}

function usedShare(workers: number): number {
  const container = process.constrainedMemory();
  return Math.max(heapShare(), isLimit(container) ? (process.memoryUsage.rss() * workers) / container : 0);
}

/** Of what lives long: V8 ends the process when that is full, however much of the young part is free. */
function heapShare(): number {
  let used = 0;
  for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
    if (!space_name.startsWith('new_')) used += space_used_size;
  }
  return used / (getHeapStatistics().heap_size_limit - YOUNG_BYTES);
}

/** Without a limit the system tells 0, or more than any machine has. */
function isLimit(bytes: number): boolean {
  return bytes > 0 && bytes < 2 ** 50;
}
