import type { Refusal } from '../../gateway/outcome.ts';
import { refuse } from '../../gateway/outcome.ts';
import { isMethod } from '../../wire/method.ts';
import type { RawHead } from '../canonical/index.ts';
import type { ListenerLimits } from '../limits.ts';
import { type HeadRefusal, headRefusal } from '../unparsed.ts';
import { readHttp2Handshake } from '../web-socket/client-handshake.ts';

/** What a block of fields says; well-formed as RFC 9113 8.2 and 8.3 ask, which the library has checked. */
export interface Http2Head extends RawHead {
  /** `:scheme`; what it claims is compared with the connection by whoever knows its peer. */
  readonly scheme: string;
  /** Bytes of the body, `null` when the client did not say. */
  readonly contentLength: number | null;
  readonly expectsContinue: boolean;
  /** As RFC 9113 10.5.1 counts it. */
  readonly size: number;
}

/** RFC 9113 10.5.1: what a field costs beside its text. */
const FIELD_OVERHEAD = 32;

/** What has been found so far. */
class Found {
  method = '';
  path = '';
  scheme = '';
  authority: string | null = null;
  protocol: string | null = null;
  /** RFC 9113 8.2.3: a Cookie field may come in crumbs. */
  cookie: string | null = null;
  contentLength: number | null = null;
  expectation: string | null = null;
  readonly fields: string[] = [];
  count = 0;
  size = 0;
}

/** @param raw alternating names and values, pseudo fields among them */
export function readHead(raw: readonly string[], limits: ListenerLimits): Http2Head | HeadRefusal {
  const found = new Found();
  for (let i = 0; i < raw.length; i += 2) take(found, raw[i] as string, raw[i + 1] as string);
  if (found.cookie !== null) found.fields.push('cookie', found.cookie);
  return checkLimits(found, limits) ?? checkMethod(found) ?? checkExpectation(found) ?? headOf(found);
}

function take(found: Found, name: string, value: string): void {
  found.size += name.length + value.length + FIELD_OVERHEAD;
  if (name.charCodeAt(0) === 0x3a) {
    takePseudo(found, name, value);
    return;
  }
  found.count++;
  switch (name) {
    case 'cookie':
      found.cookie = found.cookie === null ? value : `${found.cookie}; ${value}`;
      return;
    case 'expect':
      found.expectation = value;
      return;
    case 'content-length':
      found.contentLength = Number(value);
  }
  found.fields.push(name, value);
}

function takePseudo(found: Found, name: string, value: string): void {
  switch (name) {
    case ':method':
      found.method = value;
      return;
    case ':path':
      found.path = value;
      return;
    case ':scheme':
      found.scheme = value;
      return;
    case ':authority':
      found.authority = value;
      return;
    case ':protocol':
      found.protocol = value;
  }
}

function checkLimits({ path, count, size }: Found, limits: ListenerLimits): HeadRefusal | null {
  if (path.length > limits.targetBytes) return { reason: 'bad-path', status: 414, detail: 'the path is too long' };
  if (count > limits.headerFields) return tooLarge('the request has too many header fields');
  return size > limits.headBytes ? tooLarge('the header fields are too large') : null;
}

function tooLarge(detail: string): HeadRefusal {
  return { reason: 'bad-header', status: 431, detail };
}

/** As strict as over HTTP/1.1: what an upstream would read as a method of another spelling has to be refused. */
function checkMethod({ method }: Found): HeadRefusal | null {
  return isMethod(method) ? null : headRefusal(refuse('bad-request', 'the method is malformed'));
}

/** RFC 9110 10.1.1 */
function checkExpectation({ expectation }: Found): HeadRefusal | null {
  if (expectation === null || expectation.toLowerCase() === '100-continue') return null;
  return { reason: 'bad-header', status: 417, detail: 'an unknown expectation' };
}

function headOf(found: Found): Http2Head | HeadRefusal {
  const upgrade = upgradeOf(found);
  if (upgrade !== null && upgrade !== 'websocket') return upgrade;
  const mismatch = nameHost(found);
  if (mismatch !== null) return headRefusal(mismatch);
  return {
    // RFC 8441 5: the handshake of HTTP/1.1 is a GET, and so everything that judges requests shall see it.
    method: upgrade === null ? found.method : 'GET',
    target: found.path,
    httpVersion: '2',
    upgrade,
    headers: found.fields,
    scheme: found.scheme,
    contentLength: found.contentLength,
    expectsContinue: found.expectation !== null,
    size: found.size,
  };
}

function upgradeOf({ method, protocol, fields }: Found): 'websocket' | HeadRefusal | null {
  if (method !== 'CONNECT') return null;
  if (protocol === null) return headRefusal(refuse('method-refused', 'CONNECT is not served'));
  if (protocol !== 'websocket') return headRefusal(refuse('upgrade-refused', `the protocol ${protocol} is not served`));
  const handshake = readHttp2Handshake(fields);
  switch (handshake.kind) {
    case 'valid':
      return 'websocket';
    case 'other-version':
      return { reason: 'bad-request', status: 426, detail: 'another version of WebSocket' };
    case 'malformed':
      return headRefusal(refuse('bad-request', handshake.detail));
  }
}

/** RFC 9113 8.3.1: `:authority` stands for Host; where both came they name one host. */
function nameHost({ authority, fields }: Found): Refusal | null {
  if (authority === null) return null;
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] !== 'host') continue;
    if ((fields[i + 1] as string).toLowerCase() === authority.toLowerCase()) return null;
    return refuse('authority-mismatch', ':authority and the Host field differ');
  }
  fields.push('host', authority);
  return null;
}
