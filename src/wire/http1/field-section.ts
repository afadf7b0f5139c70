import { FramingFacts } from './framing-facts.ts';
import { type KnownName, knownName, nextHash } from './known-names.ts';
import { COLON, CR, FIELD_TEXT, LF, SPACE, TAB, TOKEN } from './octets.ts';
import { INCOMPLETE, MALFORMED, TOO_MANY_FIELDS } from './parse-result.ts';

/** Positions of one field: begin and end of its name, begin and end of its value. */
const MARKS = 4;

/**
 * Reads field lines (RFC 9112 5) strictly: CRLF only, no folding, no blank before the colon. One instance serves any
 * number of messages, one after another: what it found is valid until the next `scan`.
 */
export class FieldSection {
  readonly facts = new FramingFacts();
  readonly #most: number;
  readonly #marks: Int32Array;
  readonly #known: (KnownName | null)[] = [];
  #count = 0;

  /** @param most fields */
  constructor(most: number) {
    this.#most = most;
    this.#marks = new Int32Array(most * MARKS);
  }

  /** Finds the fields of `bytes[from, to)` up to the empty line. Gives the index behind it, or why there is none. */
  scan(bytes: Uint8Array, from: number, to: number): number {
    this.#count = 0;
    let at = from;
    while (at < to && bytes[at] !== CR) {
      if (this.#count === this.#most) return TOO_MANY_FIELDS;
      at = this.#scanField(bytes, at, to);
      if (at < 0) return at;
    }
    return lineEnd(bytes, at, to);
  }

  #scanField(bytes: Uint8Array, from: number, to: number): number {
    const mark = this.#count * MARKS;
    let at = from;
    let hash = 0;
    while (at < to && TOKEN[bytes[at] as number] === 1) hash = nextHash(hash, bytes[at++] as number);
    if (at === to) return INCOMPLETE;
    if (at === from || bytes[at] !== COLON) return MALFORMED;
    this.#marks[mark] = from;
    this.#marks[mark + 1] = at;
    this.#known[this.#count] = knownName(bytes, from, at, hash);
    return this.#scanValue(bytes, at + 1, to, mark);
  }

  #scanValue(bytes: Uint8Array, from: number, to: number, mark: number): number {
    let begin = from;
    while (begin < to && isBlank(bytes[begin] as number)) begin++;
    let at = begin;
    while (at < to && FIELD_TEXT[bytes[at] as number] === 1) at++;
    const next = lineEnd(bytes, at, to);
    if (next < 0) return next;
    while (at > begin && isBlank(bytes[at - 1] as number)) at--;
    this.#marks[mark + 2] = begin;
    this.#marks[mark + 3] = at;
    this.#count++;
    return next;
  }

  /**
   * The fields that were found, names in lower case and values alternating, and `facts` about them. `text` is
   * `bytes` from index `offset` on, as latin1.
   */
  take(text: string, offset: number): string[] {
    const marks = this.#marks;
    const fields: string[] = [];
    this.facts.reset();
    for (let i = 0, mark = 0; i < this.#count; i++, mark += MARKS) {
      const known = this.#known[i] as KnownName | null;
      const value = text.substring((marks[mark + 2] as number) - offset, (marks[mark + 3] as number) - offset);
      if (known === null) {
        const name = text.substring((marks[mark] as number) - offset, (marks[mark + 1] as number) - offset);
        fields.push(name.toLowerCase(), value);
      } else {
        fields.push(known.name, value);
        if (known.meaning !== 'none') this.facts.note(known.meaning, value);
      }
    }
    return fields;
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

/** The index behind the CRLF at `at`. A CR or LF of its own ends no line here, and is nothing else either (R7). */
export function lineEnd(bytes: Uint8Array, at: number, to: number): number {
  if (at === to) return INCOMPLETE;
  if (bytes[at] !== CR) return MALFORMED;
  if (at + 1 === to) return INCOMPLETE;
  return bytes[at + 1] === LF ? at + 2 : MALFORMED;
}
