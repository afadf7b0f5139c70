import { AppError } from '../../base/errors.ts';
import { isLocalhostName } from '../../base/localhost.ts';

const LOOPBACK = new Set(['127.0.0.1', '[::1]']);

/** The origin of an auth host. @throws AppError: a token would go over the network in the clear, or it is no URL */
export function readServer(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (url === null || !['https:', 'http:'].includes(url.protocol)) {
    throw new AppError('usage', `"${text}" is not an address such as https://example.com`);
  }
  if (url.protocol === 'http:' && !isLocalhostName(url.hostname) && !LOOPBACK.has(url.hostname)) {
    throw new AppError('refused', `${url.origin} has no TLS; plain HTTP is for localhost only`);
  }
  return url.origin;
}
