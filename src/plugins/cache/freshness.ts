import type { HeaderList } from '../../base/header-list.ts';
import { type Directives, millisecondsOf } from './directives.ts';
import type { Freshness } from './entry.ts';

export interface Moments {
  /** Monotonic milliseconds when the upstream was asked. */
  readonly asked: number;
  /** The same, when its answer began. */
  readonly answered: number;
  /** Milliseconds since 1970, then. */
  readonly answeredAt: number;
}

/** The fields of an answer that its freshness follows from. @param ttl milliseconds */
export function freshnessOf(
  headers: HeaderList,
  directives: Directives,
  { asked, answered, answeredAt }: Moments,
  ttl: number,
): Freshness {
  const date = dateOf(headers, 'date') ?? answeredAt;
  const stated = lifetimeOf(headers, directives, date);
  const age = /^\d{1,10}$/.exec(headers.get('age') ?? '0')?.[0] ?? '0';
  const sinceDate = Math.max(0, answeredAt - date);
  const initial = Math.max(sinceDate, Number(age) * 1000 + (answered - asked));
  return {
    madeAt: answered - initial,
    lifetime: Math.min(ttl, stated ?? ttl),
    isAlwaysValidated: directives.has('no-cache'),
    isStrict: STRICT.some((name) => directives.has(name)),
  };
}

/** RFC 9111 5.2.2: what forbids to use an answer that is stale; `s-maxage` says the same to shared caches. */
const STRICT = ['must-revalidate', 'proxy-revalidate', 's-maxage', 'no-cache'] as const;

/** Milliseconds; `null` when the answer says nothing of it. */
export function lifetimeOf(headers: HeaderList, directives: Directives, date: number): number | null {
  const stated = millisecondsOf(directives, 's-maxage') ?? millisecondsOf(directives, 'max-age');
  if (stated !== null) return stated;
  if (!headers.has('expires')) return null;
  const [expires, another] = headers.all('expires');
  const end = another === undefined ? Date.parse(expires!) : Number.NaN;
  // RFC 9111 5.3: a date that is none, above all "0", is in the past.
  return Number.isNaN(end) ? 0 : Math.max(0, end - date);
}

/** Milliseconds since 1970; `null`: none, or none that can be read. */
export function dateOf(headers: HeaderList, name: string): number | null {
  const time = Date.parse(headers.get(name) ?? '');
  return Number.isNaN(time) ? null : time;
}

/** Whether an answer of that freshness may be used now for a request with these directives (RFC 9111 4.2, 5.2.1). */
export function isUsable(freshness: Freshness, request: Directives, now: number): boolean {
  const age = now - freshness.madeAt;
  if (freshness.isAlwaysValidated || request.has('no-cache')) return false;
  const longest = millisecondsOf(request, 'max-age');
  if (longest !== null && age > longest) return false;
  const left = freshness.lifetime - age;
  const wanted = millisecondsOf(request, 'min-fresh');
  if (wanted !== null) return left >= wanted && left > 0;
  if (left > 0) return true;
  return !freshness.isStrict && request.has('max-stale') && -left <= stalest(request);
}

function stalest(request: Directives): number {
  return request.get('max-stale') === '' ? Number.POSITIVE_INFINITY : millisecondsOf(request, 'max-stale')!;
}
