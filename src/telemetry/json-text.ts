const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
// Besides what JSON itself demands: C1 controls, line separators and bidirectional marks, which terminals and
// viewers act on (CWE-117).
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A JSON string of at most `limit` characters of the text, the rest replaced by an ellipsis; `null` stays `null`.
 * Nothing in the text can end the string or the line.
 */
export function jsonText(text: string | null, limit: number): string {
  if (text === null) return 'null';
  const bounded = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return PLAIN.test(bounded) ? `"${bounded}"` : JSON.stringify(bounded).replace(UNSAFE, escapeUnit);
}

/** An object as JSON in one line, with the same escapes. */
export function jsonObject(value: object): string {
  return JSON.stringify(value).replace(UNSAFE, escapeUnit);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
