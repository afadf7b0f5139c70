import { HeaderList } from '../base/header-list.ts';
import { connectionOptions, isHopByHop } from '../base/header-text.ts';
import { isOwnCookie } from '../base/own-names.ts';
import { UpstreamFailure } from './failures.ts';

/** What an upstream may not tell a client in our name. */
const OWN_PREFIX = 'x-ostiary-';
/** Its `"cookies"` ends the sessions of every Service below the same registrable domain. */
const CLEARING = 'clear-site-data';

/** The head of an upstream's answer without what belongs to its connection. */
export interface ResponseHead {
  readonly headers: HeaderList;
  /** Content-Length, `null` when it did not say. */
  readonly length: number | null;
}

/** @throws UpstreamFailure `upstream-invalid` on framing that two readers might read in two ways (R12). */
export function responseHead(raw: readonly Buffer[]): ResponseHead {
  const all: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    all.push((raw[i] as Buffer).toString('latin1').toLowerCase(), (raw[i + 1] as Buffer).toString('latin1'));
  }
  const received = new HeaderList(all);
  checkTransferCoding(received);
  return { headers: passedFields(received), length: statedLength(received) };
}

function passedFields(received: HeaderList): HeaderList {
  const nominated = received.all('connection').flatMap(connectionOptions);
  const { flat } = received;
  const passed: string[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    const value = flat[i + 1] as string;
    if (isHopByHop(name) || nominated.includes(name) || name.startsWith(OWN_PREFIX)) continue;
    if (name === CLEARING) continue;
    if (name === 'set-cookie' && setsOwnCookie(value)) continue;
    passed.push(name, value);
  }
  return new HeaderList(passed);
}

/**
 * R31. A cookie without a name comes back as its bare value, and browsers trim blanks, so both are looked through;
 * the `__Host-` prefix is the same to them in any case.
 */
function setsOwnCookie(value: string): boolean {
  const pair = (value.split(';', 1)[0] as string).trim();
  const bare = pair.startsWith('=') ? pair.slice(1).trim() : pair;
  return isOwnCookie(bare) || isOwnCookie(bare.replace(/^__host-/i, '__Host-'));
}

function checkTransferCoding(received: HeaderList): void {
  const codings = received.all('transfer-encoding');
  if (codings.length === 0) return;
  if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') {
    throw new UpstreamFailure('upstream-invalid', 'the answer has an unknown transfer coding');
  }
  if (received.has('content-length')) {
    throw new UpstreamFailure('upstream-invalid', 'the answer has both Content-Length and Transfer-Encoding');
  }
}

function statedLength(received: HeaderList): number | null {
  const values = received.all('content-length');
  if (values.length === 0) return null;
  const length = values.length === 1 && /^\d+$/.test(values[0] as string) ? Number(values[0]) : Number.NaN;
  if (Number.isSafeInteger(length)) return length;
  throw new UpstreamFailure('upstream-invalid', 'the answer has a malformed Content-Length');
}
