import type { RequestHead } from '../gateway/exchange.ts';

/**
 * Whether a person is opening a page, so that a page or a redirect is an answer. Browsers say it (Fetch Metadata);
 * of those that do not, only what asks for HTML and is no script's call counts.
 */
export function isNavigation({ method, headers }: RequestHead): boolean {
  if ((method !== 'GET' && method !== 'HEAD') || headers.has('x-requested-with')) return false;
  const mode = headers.get('sec-fetch-mode');
  if (mode !== null) return mode === 'navigate';
  return !saysFetchMetadata(headers) && acceptsHtml(headers.all('accept'));
}

function saysFetchMetadata(headers: RequestHead['headers']): boolean {
  return headers.has('sec-fetch-dest') || headers.has('sec-fetch-site');
}

function acceptsHtml(values: readonly string[]): boolean {
  return values.some((value) => value.toLowerCase().includes('text/html'));
}
