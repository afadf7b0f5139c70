import type { RE2JS } from 're2js';
import type { Work } from './work.ts';

interface Found {
  readonly start: number;
  readonly end: number;
}

/** What a match takes beside looking for it. */
const MATCHING = 20;
/** Steps of a pattern at a character that are done in the time of one step of work. */
const PATTERN_STEPS = 2;
/** Of a pattern that looks no further than it is long. */
const BOUNDED = /^[^*+{]*$/;

/** A pattern with what looking for it takes. */
export class Search {
  readonly pattern: string;
  readonly work: Work;
  readonly #re2: RE2JS;
  readonly #size: number;

  constructor(re2: RE2JS, work: Work) {
    this.pattern = re2.pattern();
    this.work = work;
    this.#re2 = re2;
    this.#size = re2.programSize();
  }

  isWhole(text: string): boolean {
    this.#charge(text.length);
    return this.#re2.matches(text);
  }

  /** An empty match right after another one is none, as in Go. */
  *matches(text: string): Generator<Found & { readonly group: (name: string) => string }> {
    const matcher = this.#re2.matcher(text);
    let [last, from] = [-1, 0];
    for (this.#charge(text.length); matcher.find(); this.#charge(text.length - from)) {
      const [start, end] = [matcher.start(), matcher.end()];
      this.#settle(text.length - from, end - from);
      if (start < end || end !== last) yield { start, end, group: (name) => groupOf(matcher, name) };
      last = end;
      from = end;
    }
  }

  /** A match may be looked for up to the end of the text, again and again. */
  #charge(length: number): void {
    this.work.charge(MATCHING + (length * this.#size) / PATTERN_STEPS);
  }

  #settle(charged: number, found: number): void {
    const unread = BOUNDED.test(this.pattern) ? Math.max(0, charged - found - this.pattern.length) : 0;
    this.work.giveBack((unread * this.#size) / PATTERN_STEPS);
  }
}

type Matcher = ReturnType<RE2JS['matcher']>;

/** By number or by name; empty for one that is not there or that took no part. */
function groupOf(matcher: Matcher, name: string): string {
  const isNumber = /^\d+$/.test(name);
  if (isNumber && Number(name) > matcher.groupCount()) return '';
  try {
    return matcher.group(isNumber ? Number(name) : name) ?? '';
  } catch {
    return '';
  }
}
