import { hash } from 'node:crypto';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { identityOf } from './identity.ts';

/** Keys of what one request asks for. No part can hold a line break, so no two requests give the same text. */
export interface CacheKey {
  /** What a change of it makes old: everything that was read at this address. */
  readonly target: string;
  /** Of answers for this identity alone. */
  readonly own: string;
  /** Of answers for everybody. */
  readonly shared: string;
  /** Several targets may have it. */
  readonly isByText: boolean;
}

/** Characters; requests with more to tell apart are not looked up. */
const LONGEST_KEY = 8 * 1024;

/**
 * Fields that do not say what is asked for: they are told apart only for answers whose Vary names them. Every other
 * field that the upstream sees is part of the key, so that nobody can have an answer to a field of his own kept for
 * others.
 */
const BY_VARY_ALONE: ReadonlySet<string> = new Set([
  'cache-control',
  'dnt',
  'if-modified-since',
  'if-none-match',
  'pragma',
  'priority',
  'referer',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-gpc',
  'te',
  'traceparent',
  'tracestate',
  'upgrade-insecure-requests',
  'user-agent',
  'x-request-id',
]);

/** Whether two requests with another value of the field never have the same key, whatever is configured. */
export function isInKey(name: string): boolean {
  return !BY_VARY_ALONE.has(name) && name !== 'forwarded';
}

/** @param asked the text that was configured for it; `null`: the address. `null` comes back when the key is too long. */
export function keyOf(x: Exchange, area: string, asked: string | null): CacheKey | null {
  const target = targetOf(x, area);
  const { body } = x.outgoing!;
  const content = body instanceof BufferedBody ? hash('sha256', body.bytes, 'base64url') : '';
  const what = asked === null ? target : `${area}\n${asked}`;
  const rest = `${x.outgoing!.method === 'POST' ? 'POST' : 'GET'}\n${what}\n${content}\n${fieldsOf(x)}`;
  if (rest.length > LONGEST_KEY) return null;
  const own = `${identityOf(x.principal)}\n${rest}`;
  return { target, own, shared: `*\n${rest}`, isByText: asked !== null };
}

export function targetOf({ request, outgoing }: Exchange, area: string): string {
  const { path, query, authority } = outgoing!;
  return `${area}\n${request.scheme}\n${request.authority}\n${authority ?? ''}\n${path}\n${query}`;
}

function fieldsOf(x: Exchange): string {
  const { flat } = x.outgoing!.headers;
  // With the address obfuscated, this one is another text for each request, and says nothing else.
  const random = x.config!.forwardedMode === 'obfuscate' ? 'forwarded' : '';
  let fields = '';
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    if (!BY_VARY_ALONE.has(name) && name !== random) fields += `${name}:${flat[i + 1] as string}\n`;
  }
  return fields;
}
