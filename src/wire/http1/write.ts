/** What ends a chunked message without trailers. */
export const LAST_CHUNK = '0\r\n\r\n';
export const CRLF = '\r\n';

/** What stands before the data of a chunk; `CRLF` stands behind it. */
export function chunkHead(bytes: number): string {
  return `${bytes.toString(16)}\r\n`;
}
