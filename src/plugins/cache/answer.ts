import { HeaderList } from '../../base/header-list.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { Entry } from './entry.ts';
import { isKnownToClient, withoutBodyFields } from './preconditions.ts';

/** The answer that is kept, for this request. @param conditions fields of the request, as the client sent them */
export function answerWith({ request }: Exchange, entry: Entry, conditions: HeaderList, now: number): Response {
  const isKnown = request.method !== 'POST' && isKnownToClient(entry, conditions);
  const headers = isKnown ? withoutBodyFields(entry.headers) : entry.headers.clone();
  headers.set('age', String(Math.max(0, Math.floor((now - entry.freshness.madeAt) / 1000))));
  if (isKnown) return { status: 304, headers, body: null };
  const body = entry.status === 204 ? null : new BufferedBody(entry.body);
  return { status: entry.status, headers, body };
}

/** RFC 9111 5.2.1.7: the client wants nothing that the upstream would have to be asked for. */
export function nothingKept(): Response {
  return { status: 504, headers: HeaderList.from([['cache-control', 'no-store']]), body: null };
}
