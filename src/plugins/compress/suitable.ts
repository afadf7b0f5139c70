import type { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';

/** Whether a media type is one of those listed. */
export type TypeTest = (contentType: string) => boolean;

export function typeTest(types: readonly string[]): TypeTest {
  const whole = new Set(types.filter((type) => !type.endsWith('/*')));
  const kinds = new Set(types.filter((type) => type.endsWith('/*')).map((type) => type.slice(0, -1)));
  return (contentType) => {
    const type = (contentType.split(';', 1)[0] as string).trim().toLowerCase();
    return whole.has(type) || kinds.has(type.slice(0, type.indexOf('/') + 1));
  };
}

/** 206 is a part of something that was not compressed; the others have no body. */
const NEVER: ReadonlySet<number> = new Set([101, 204, 205, 206, 304]);

/** Whether the answer, as far as it shows, may be another one for clients that take compressed ones. */
export function isSuitable(
  x: Exchange,
  { status, headers, body }: Response,
  isListed: TypeTest,
  least: number,
): boolean {
  if (NEVER.has(status) || x.grpc !== null || headers.has('content-range') || headers.has('content-encoding'))
    return false;
  if (isNotToBeTouched(headers) || isNotToBeTouched(x.request.headers)) return false;
  if (!isListed(headers.get('content-type') ?? '')) return false;
  if (x.request.method === 'HEAD') return isLongEnough(statedLength(headers), least);
  return body !== null && isLongEnough(body.length, least);
}

/** A length that nobody knows is one that may be long. */
function isLongEnough(length: number | null, least: number): boolean {
  return length === null || length >= least;
}

/** RFC 9111 5.2.1.6, 5.2.2.6. */
function isNotToBeTouched(headers: HeaderList): boolean {
  return headers.all('cache-control').some((value) => value.toLowerCase().includes('no-transform'));
}

function statedLength(headers: HeaderList): number | null {
  const stated = headers.get('content-length');
  return stated === null ? null : Number(stated);
}

/**
 * BREACH (CVE-2013-3587): a page of another site has a visitor's browser ask with its cookies, puts guesses into the
 * answer, and learns from its size whether a secret in the same answer begins so. That takes credentials that browsers
 * add by themselves, and a request that another site can make.
 */
export function mayHoldSecrets({ request }: Exchange, { headers }: Response): boolean {
  if (headers.has('set-cookie')) return true;
  const from = request.headers.get('sec-fetch-site');
  if (from === 'same-origin' || from === 'none') return false;
  const { headers: asked, tls } = request;
  const isAmbient = asked.all('authorization').some((value) => !/^(?:bearer|dpop) /i.test(value));
  return asked.has('cookie') || isAmbient || (tls !== null && tls.clientCertificate !== null);
}
