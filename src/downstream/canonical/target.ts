import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { isVisibleAscii } from './characters.ts';
import { canonicalPath } from './path.ts';

/** What a request line asks for (RFC 9112 3.2). */
export interface RequestTarget {
  /** Of the absolute form, as it was written; `null` for the origin form. */
  readonly authority: string | null;
  readonly path: string;
  readonly query: string;
}

const SCHEMES = ['http://', 'https://'] as const;

export function parseTarget(target: string): RequestTarget | Refusal {
  if (target.charCodeAt(0) === 0x2f) return pathAndQuery(target, null);
  // `OPTIONS *` asks about the server itself, and there is nothing to tell about a gateway.
  if (target === '*') return refuse('bad-path', 'the asterisk form is not served');
  const scheme = SCHEMES.find((begin) => target.slice(0, begin.length).toLowerCase() === begin);
  if (scheme === undefined) return refuse('bad-path', 'the target is neither a path nor an http URL');
  return absoluteForm(target.slice(scheme.length));
}

function absoluteForm(rest: string): RequestTarget | Refusal {
  const end = authorityEnd(rest);
  const authority = rest.slice(0, end);
  if (authority.includes('@')) return refuse('bad-host', 'the target holds user information');
  const after = rest.slice(end);
  return pathAndQuery(after.startsWith('/') ? after : `/${after}`, authority);
}

function authorityEnd(rest: string): number {
  for (let i = 0; i < rest.length; i++) {
    const code = rest.charCodeAt(i);
    if (code === 0x2f || code === 0x3f || code === 0x23 || code === 0x5c) return i;
  }
  return rest.length;
}

function pathAndQuery(text: string, authority: string | null): RequestTarget | Refusal {
  const mark = text.indexOf('?');
  const path = canonicalPath(mark < 0 ? text : text.slice(0, mark));
  if (typeof path !== 'string') return path;
  const query = mark < 0 ? '' : text.slice(mark + 1);
  return isQuery(query) ? { authority, path, query } : refuse('bad-path', 'the query holds a raw character');
}

/** A query is passed on as it came, so it must hold nothing that could end the request line or begin a fragment. */
function isQuery(query: string): boolean {
  for (let i = 0; i < query.length; i++) {
    const code = query.charCodeAt(i);
    if (!isVisibleAscii(code) || code === 0x23) return false;
  }
  return true;
}
