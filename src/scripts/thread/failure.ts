const LONGEST_MESSAGE = 500;

/** What was thrown, in one short text. Never throws, whatever that is. */
export function shortMessage(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  } catch {
    return 'something that cannot be told';
  }
}

/** Where in the files of the script something was thrown, or cannot be read. */
export function placeOf(
  thrown: unknown,
  files: ReadonlyMap<string, string>,
): { readonly file: string | null; readonly line: number } {
  const stack = thrown instanceof Error ? String(thrown.stack) : '';
  for (const [, url = '', line] of stack.matchAll(/(file:\/\/[^\s()]+?):(\d+)/g)) {
    if (files.has(url)) return { file: url, line: Number(line) };
  }
  return { file: null, line: 1 };
}
