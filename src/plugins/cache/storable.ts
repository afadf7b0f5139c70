import type { HeaderList } from '../../base/header-list.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { Directives } from './directives.ts';
import { joined, ownTexts } from './entry.ts';
import { lifetimeOf } from './freshness.ts';

/** Kept for `ttl` when nothing is said of it. */
const BY_DEFAULT: ReadonlySet<number> = new Set([200, 203, 204]);
/** Kept when the upstream says for how long: an error that somebody provoked must not become everybody's. */
const WHEN_STATED: ReadonlySet<number> = new Set([300, 301, 308, 404, 410]);

/** Fields of answers that are for one client, or are a part of something. */
const FORBIDDEN = ['set-cookie', 'set-cookie2', 'content-range', 'trailer', 'authentication-info'] as const;

/** Streams; their ends say nothing. */
const ENDLESS = /^(?:text\/event-stream|application\/grpc|multipart\/x-mixed-replace)/i;

/** Whether the answer may be kept for whoever asked (RFC 9111 3). @param seen the request without our credentials */
export function isStorable(seen: HeaderList, { status, headers }: Response, directives: Directives): boolean {
  if (directives.has('no-store') || directives.has('private')) return false;
  if (FORBIDDEN.some((name) => headers.has(name)) || ENDLESS.test(headers.get('content-type') ?? '')) return false;
  if (seen.has('authorization') && !MAY_KEEP.some((name) => directives.has(name))) return false;
  if (directives.has('no-cache') && !hasValidator(headers)) return false;
  if (BY_DEFAULT.has(status)) return true;
  return WHEN_STATED.has(status) && lifetimeOf(headers, directives, Date.now()) !== null;
}

/** RFC 9111 3.5: what lets an answer to a request with Authorization be kept. */
const MAY_KEEP = ['public', 's-maxage', 'must-revalidate'] as const;

export function hasValidator(headers: HeaderList): boolean {
  return headers.has('etag') || headers.has('last-modified');
}

/** Whether the upstream says that everybody may have it. */
export function isPublic(directives: Directives): boolean {
  return directives.has('public') || directives.has('s-maxage');
}

/** Names; what a longer list keeps apart is nothing that comes again. */
const MOST_VARIED = 16;

/**
 * The fields that Vary names (RFC 9111 4.1), as the client sent them. `null`: the answer depends on what cannot be
 * compared: anything, or a field that was changed after the key was made.
 */
export function variedBy(answer: HeaderList, seen: HeaderList, sent: HeaderList): [string, string][] | null {
  const names = answer
    .all('vary')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length > MOST_VARIED || names.includes('*')) return null;
  const isChanged = names.some((name) => joined(seen, name) !== joined(sent, name));
  return isChanged ? null : names.map((name) => ownTexts([name, joined(seen, name)]) as [string, string]);
}
