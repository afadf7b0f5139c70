import { AppError } from '../base/errors.ts';

/**
 * The value of an `href` or `action`: a path on this host, or an http(s) URL. Escaping alone would let a
 * `javascript:` address through.
 *
 * @throws AppError `internal` for any other address: pages are given addresses of ours only.
 */
export function link(address: string): string {
  if (isOwnPath(address) || isWebUrl(address)) return address;
  throw new AppError('internal', 'A page was given an address that is not http or https.', { detail: address });
}

/** Browsers read `//host` and `/\host` as another host. */
function isOwnPath(address: string): boolean {
  return address.startsWith('/') && address[1] !== '/' && address[1] !== '\\';
}

function isWebUrl(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
}
