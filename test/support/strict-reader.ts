/**
 * A second reader of HTTP/1.1, for tests: short, slow, and written from RFC 9112 alone, so that it shares no mistake
 * with the one that it checks. It takes no liberties: what it does not know is an error.
 */

export type Field = readonly [name: string, value: string];

export interface Message {
  readonly startLine: string;
  /** Names in lower case. */
  readonly fields: readonly Field[];
  readonly framing: 'none' | 'length' | 'chunked' | 'close';
  /** One character for each octet. */
  readonly body: string;
}

/** A message, and the index behind it; `null`: it is not complete. */
export type Read = { readonly message: Message; readonly end: number } | null;

export class NotHttp extends Error {}

const REQUEST_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Z]+ [\x21-\x7e]+ HTTP\/1\.1$/;
const STATUS_LINE = /^HTTP\/1\.1 [1-5][0-9]{2} [\t\x20-\x7e\x80-\xff]*$/;
const FIELD_LINE =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;

export function readRequest(text: string, from = 0): Read {
  const head = readHead(text, from, REQUEST_LINE);
  if (head === null) return null;
  const framing = framingOf(head.fields) ?? 'none';
  return readBody(text, head, framing, false);
}

/** The next answer, interim ones included. `method`: of the request; `ended`: the connection has ended behind `text`. */
export function readResponse(text: string, from: number, method: string, ended: boolean): Read {
  const head = readHead(text, from, STATUS_LINE);
  if (head === null) return null;
  const stated = framingOf(head.fields);
  const status = statusOf(head);
  const isBare = method === 'HEAD' || status < 200 || status === 204 || status === 304;
  return readBody(text, head, isBare ? 'none' : (stated ?? 'close'), ended);
}

/** All that a client got on its connection: final answers that are complete, and what is left. */
export function readResponses(text: string, methods: readonly string[]): { whole: Message[]; rest: string } {
  const whole: Message[] = [];
  let from = 0;
  while (from < text.length) {
    const read = readResponse(text, from, methods[whole.length] ?? 'GET', true);
    if (read === null) break;
    from = read.end;
    if (statusOf(read.message) >= 200) whole.push(read.message);
  }
  return { whole, rest: text.slice(from) };
}

export function statusOf({ startLine }: Pick<Message, 'startLine'>): number {
  return Number(startLine.slice(9, 12));
}

export function valuesOf({ fields }: Pick<Message, 'fields'>, name: string): string[] {
  return fields.filter(([one]) => one === name).map(([, value]) => value);
}

interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
  readonly end: number;
}

function readHead(text: string, from: number, line: RegExp): Head | null {
  const end = text.indexOf('\r\n\r\n', from);
  if (end < 0) return null;
  const [startLine = '', ...lines] = text.slice(from, end).split('\r\n');
  if (!line.test(startLine)) throw new NotHttp(`start line ${JSON.stringify(startLine)}`);
  return { startLine, fields: lines.map(fieldOf), end: end + 4 };
}

function fieldOf(line: string): Field {
  const match = FIELD_LINE.exec(line);
  if (match === null) throw new NotHttp(`field line ${JSON.stringify(line)}`);
  return [match[1]!.toLowerCase(), match[2]!];
}

/** `null`: there is none of the two fields. More than one, of whatever kind, is an error (RFC 9112 6.3). */
function framingOf(fields: readonly Field[]): 'length' | 'chunked' | null {
  const stating = fields.filter(([name]) => name === 'content-length' || name === 'transfer-encoding');
  if (stating.length > 1) throw new NotHttp(`framing fields ${JSON.stringify(stating)}`);
  const [name, value = ''] = stating[0] ?? [];
  if (name === undefined) return null;
  const isValid = name === 'content-length' ? /^[0-9]{1,15}$/.test(value) : value === 'chunked';
  if (!isValid) throw new NotHttp(`framing field ${name}: ${JSON.stringify(value)}`);
  return name === 'content-length' ? 'length' : 'chunked';
}

function readBody(text: string, head: Head, framing: Message['framing'], ended: boolean): Read {
  const { startLine, fields, end } = head;
  switch (framing) {
    case 'none':
      return { message: { startLine, fields, framing, body: '' }, end };
    case 'length': {
      const to = end + Number(valuesOf(head, 'content-length')[0]);
      return text.length < to ? null : { message: { startLine, fields, framing, body: text.slice(end, to) }, end: to };
    }
    case 'close':
      return ended ? { message: { startLine, fields, framing, body: text.slice(end) }, end: text.length } : null;
    case 'chunked': {
      const chunks = readChunks(text, end);
      return chunks && { message: { startLine, fields, framing, body: chunks.body }, end: chunks.end };
    }
  }
}

/** Without extensions and trailers, neither of which is ever passed on. */
function readChunks(text: string, from: number): { body: string; end: number } | null {
  let body = '';
  for (let at = from; ; ) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = text.slice(at, lineEnd);
    if (!/^[0-9a-fA-F]{1,12}$/.test(size)) throw new NotHttp(`chunk size ${JSON.stringify(size)}`);
    const begin = lineEnd + 2;
    const end = begin + Number.parseInt(size, 16);
    if (text.length < end + 2) return null;
    if (text.slice(end, end + 2) !== '\r\n') throw new NotHttp(`chunk end ${JSON.stringify(text.slice(end, end + 2))}`);
    if (end === begin) return { body, end: end + 2 };
    body += text.slice(begin, end);
    at = end + 2;
  }
}
