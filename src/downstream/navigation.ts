import type { RequestHead } from '../gateway/exchange.ts';

/**
 * Whether a person is opening a page or sending a form, so that a page is an answer. Browsers say it (Fetch Metadata);
 * of those that do not, only what asks for HTML and is no script's call counts.
 */
export function isNavigation({ method, headers, upgrade }: RequestHead): boolean {
  if (upgrade !== null) return false;
  if (headers.has('x-requested-with')) return false;
  const mode = headers.get('sec-fetch-mode');
  if (mode !== null) return mode === 'navigate';
  return isRead(method) && !saysFetchMetadata(headers) && acceptsHtml(headers.all('accept'));
}

/** Whether a redirect to sign in may answer it: what a form sent would be lost on the way. */
export function mayBeOpenedAgain({ method }: RequestHead): boolean {
  return isRead(method);
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function saysFetchMetadata(headers: RequestHead['headers']): boolean {
  return headers.has('sec-fetch-dest') || headers.has('sec-fetch-site');
}

function acceptsHtml(values: readonly string[]): boolean {
  return values.some((value) => value.toLowerCase().includes('text/html'));
}
