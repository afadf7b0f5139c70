import type { CustomFetch, CustomFetchOptions } from 'openid-client';
import { AppError } from '../../src/base/errors.ts';
import { isLoopbackHost } from '../local-names.ts';

/** Bytes. Discovery documents and key sets of large providers have some ten thousand. */
const MOST_BYTES = 1024 * 1024;
/** A Response with one of these may not have a body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Providers are spoken to over HTTPS; plain HTTP never leaves the machine. */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}

/** A fetch that keeps to trustworthy addresses, follows no redirect and reads no more than it must. */
export const guardedFetch: CustomFetch = async (url, options) => {
  if (!isTrustworthy(new URL(url))) {
    throw new AppError('refused', 'The identity provider names an address without HTTPS.', { detail: url });
  }
  const response = await fetch(url, requestInit(options));
  const { status, headers } = response;
  const bytes = await readBounded(response);
  return new Response(WITHOUT_BODY.has(status) ? null : bytes, { status, headers });
};

function requestInit({ method, headers, body, redirect, signal }: CustomFetchOptions): RequestInit {
  return { method, headers, body: body as NonNullable<RequestInit['body']>, redirect, signal: signal ?? null };
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new AppError('refused', 'The answer of the identity provider is too large.');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
