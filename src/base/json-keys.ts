const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_LIST, CLOSE_LIST] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/** Of an object: its keys so far, `null` before the first one. */
interface Level {
  readonly isObject: boolean;
  keys: Set<string> | null;
}

/**
 * Whether an object anywhere in the text has the same key twice, however it is spelt. RFC 8259, 4 leaves open which of
 * them counts: `JSON.parse` takes the last one, and whoever gets the same bytes may take the first. Takes time linear to
 * the text, and no stack.
 *
 * @param text valid JSON
 */
export function hasRepeatedKey(text: string): boolean {
  const outer: Level[] = [];
  let level: Level = { isObject: false, keys: null };
  let isKeyNext = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfText(text, at);
        if (isKeyNext && !addKey(level, text.slice(at + 1, end))) return true;
        isKeyNext = false;
        at = end;
        break;
      }
      case COMMA:
        isKeyNext = level.isObject;
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        isKeyNext = text.charCodeAt(at) === OPEN_OBJECT;
        outer.push(level);
        level = { isObject: isKeyNext, keys: null };
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        isKeyNext = false;
        level = outer.pop()!;
        break;
    }
  }
  return false;
}

/** `false`: it is there already. @param raw between the quotes */
function addKey(level: Level, raw: string): boolean {
  const key = raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
  level.keys ??= new Set();
  const { size } = level.keys;
  return level.keys.add(key).size > size;
}

/** Position of the quote that ends the text which begins at `start`; -1 when none does. */
export function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}
