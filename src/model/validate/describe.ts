const LONGEST_QUOTE = 40;

/** A value as a message names it: `the text "yes"`, `a list`. Confidential values are never quoted. */
export function describe(value: unknown, secret: boolean): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return secret ? 'text' : `the text ${quote(value)}`;
  return secret ? `a ${typeof value}` : `the ${typeof value} ${String(value)}`;
}

/** Quoted, shortened and without characters that could forge a line of output. */
export function quote(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(short);
}
