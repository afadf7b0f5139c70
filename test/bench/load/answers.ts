/** How many characters the first answer in the text has, head and body: `unknown` when it does not say. */
export function answerLength(text: string): number | 'incomplete' | 'unknown' {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 'incomplete';
  const stated = /^content-length: *(\d+)/im.exec(text.slice(0, end));
  if (stated === null) return 'unknown';
  const length = end + 4 + Number(stated[1]);
  return text.length < length ? 'incomplete' : length;
}

export function statusOf(text: string): number {
  return Number(text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
}
