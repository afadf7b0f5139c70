/** Controls, line separators and bidirectional marks, which terminals and viewers act on (CWE-117). */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** A text of somebody else's as it may stand in a line for operators: nothing in it ends the line or changes others. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
