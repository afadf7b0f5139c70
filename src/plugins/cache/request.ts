import type { CompiledText } from '../../../policies/text.ts';
import type { HeaderList } from '../../base/header-list.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Directives, parseDirectives } from './directives.ts';
import { type CacheKey, keyOf, targetOf } from './key.ts';

/** What a request is to the cache. */
export type Asked =
  /** It reads, and what is kept may be its answer. */
  | {
      readonly kind: 'read';
      readonly key: CacheKey;
      readonly directives: Directives;
      /** Its fields before credentials were added. */
      readonly seen: HeaderList;
    }
  /** It changes what is at its address. */
  | { readonly kind: 'change'; readonly target: string }
  | { readonly kind: 'pass' };

export interface AskedRules {
  readonly area: string;
  readonly expression: CompiledText | null;
  /** POST reads here. */
  readonly postReads: boolean;
}

const PASS: Asked = { kind: 'pass' };

/** RFC 9110 9.2.1; QUERY is not kept, since its body says what is asked. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']);

/** They ask for a part of an answer, or for one on a condition that only the upstream can judge. */
const NOT_FOR_CACHES = ['range', 'if-range', 'if-match', 'if-unmodified-since'] as const;

export function askedOf(x: Exchange, rules: AskedRules): Asked {
  const { method } = x.outgoing!;
  if (x.grpc !== null || x.outgoing!.upgrade !== null) return PASS;
  if (isRead(x, rules)) return readOf(x, rules);
  return SAFE.has(method) || (method === 'POST' && rules.postReads)
    ? PASS
    : { kind: 'change', target: targetOf(x, rules.area) };
}

/** The body of a GET means nothing that is agreed on, so what it changes about the answer is not known. */
function isRead({ outgoing, buffered }: Exchange, { postReads }: AskedRules): boolean {
  const { method, body } = outgoing!;
  if (method === 'POST') return postReads && (body === null || (buffered !== null && body instanceof BufferedBody));
  return (method === 'GET' || method === 'HEAD') && (body === null || body.length === 0);
}

function readOf(x: Exchange, { area, expression }: AskedRules): Asked {
  const { headers } = x.outgoing!;
  if (NOT_FOR_CACHES.some((name) => headers.has(name))) return PASS;
  if (headers.get('accept')?.includes('text/event-stream') === true) return PASS;
  const directives = directivesOf(headers);
  if (directives.has('no-store')) return PASS;
  const asked = expression === null ? null : textOf(x, expression);
  if (asked === undefined) return PASS;
  const key = keyOf(x, area, asked);
  return key === null ? PASS : { kind: 'read', key, directives, seen: headers.clone() };
}

/** RFC 9111 5.4: Pragma is heard where there is nothing newer. */
function directivesOf(headers: HeaderList): Directives {
  const directives = parseDirectives(headers.all('cache-control'));
  if (directives.size > 0 || !headers.has('pragma')) return directives;
  return parseDirectives(headers.all('pragma'));
}

/** `undefined`: there is no text, so nothing says what is asked for. */
function textOf({ input }: Exchange, expression: CompiledText): string | undefined {
  const result = input === null ? null : expression.evaluate(input);
  return result?.kind === 'text' ? result.text : undefined;
}
