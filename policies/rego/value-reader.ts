import { RegoSet, type RegoValue } from './value.ts';
import { inOrder } from './value-order.ts';

/** Deeper values are not read: JavaScript's stack is not endless. */
const MAX_DEPTH = 500;
/** Longer numbers are not read: of products of more than 576 digits the functions inside OPA's modules make wrong ones. */
export const MAX_DIGITS = 200;

const SPACE = ' \n\r\t';
const END_OF_WORD = `,]}:${SPACE}`;

/** @returns `null` for what nests too deeply and for numbers that are too long. @param text well formed: of `opa_value_dump`, or JSON that was parsed */
export function readValue(text: string): { readonly value: RegoValue } | null {
  const reader = new ValueReader(text);
  const value = reader.value(0);
  return reader.isTooMuch ? null : { value };
}

/** Reads JSON with sets (`{1,2}`, `set()`) and keys of any kind; both are put in order, as OPA has them. */
class ValueReader {
  isTooMuch = false;
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): RegoValue {
    if (depth > MAX_DEPTH) return this.#giveUp();
    switch (this.#next()) {
      case '"':
        return this.#string();
      case '[':
        return this.#items(']', depth + 1);
      case '{':
        return this.#braces(depth + 1);
      default:
        return this.#word();
    }
  }

  #giveUp(): null {
    this.isTooMuch = true;
    this.#at = this.#text.length;
    return null;
  }

  /** The next character that is no space. */
  #next(): string {
    while (this.#at < this.#text.length && SPACE.includes(this.#text[this.#at]!)) this.#at += 1;
    return this.#text[this.#at] ?? '';
  }

  #takes(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    this.#at = end + 1;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #word(): RegoValue {
    const start = this.#at;
    while (this.#at < this.#text.length && !END_OF_WORD.includes(this.#text[this.#at]!)) this.#at += 1;
    if (this.#at - start > MAX_DIGITS) return this.#giveUp();
    return wordValue(this.#text.slice(start, this.#at));
  }

  #items(end: string, depth: number): readonly RegoValue[] {
    this.#at += 1;
    const items: RegoValue[] = [];
    while (this.#at < this.#text.length && !this.#takes(end)) {
      items.push(this.value(depth));
      this.#takes(',');
    }
    return items;
  }

  #braces(depth: number): RegoValue {
    this.#at += 1;
    const object = new Map<RegoValue, RegoValue>();
    const items: RegoValue[] = [];
    while (this.#at < this.#text.length && !this.#takes('}')) {
      const item = this.value(depth);
      if (this.#takes(':')) object.set(item, this.value(depth));
      else items.push(item);
      this.#takes(',');
    }
    if (items.length > 0) return new RegoSet(inOrder(items, (item) => item));
    return new Map(inOrder([...object], ([key]) => key));
  }
}

function wordValue(word: string): RegoValue {
  if (word === 'set()') return new RegoSet([]);
  if (word === 'null') return null;
  if (word === 'true' || word === 'false') return word === 'true';
  const number = Number(word);
  return Number.isSafeInteger(number) || !/^-?\d+$/.test(word) ? number : BigInt(word);
}
