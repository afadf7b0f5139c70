import type { SignInTarget } from '../ports.ts';
import { isHandle } from '../sessions/cookies.ts';
import { onlyParameter } from '../site/visit.ts';
import { parseTarget } from './target.ts';
import type { Visit } from './visit.ts';

/** Without `to`, the way leads to the auth host's own first page. */
export function readTarget({ request, config }: Visit): SignInTarget | null {
  if (!request.query.has('to')) return { host: config.domain, path: '/', bindingHash: null };
  const isOurs = (host: string): boolean => host === config.domain || config.isOurHost(host);
  const place = parseTarget(onlyParameter(request.query, 'to') ?? '', request, isOurs);
  if (place === null) return null;
  const binding = onlyParameter(request.query, 'binding');
  const bound = place.host !== config.domain && binding !== null && isHandle(binding);
  return { ...place, bindingHash: bound ? binding : null };
}

export function isSwitching({ request }: Visit): boolean {
  return onlyParameter(request.query, 'switch') === '1';
}

/** A sign-in for a Service host begins there, because only that host can set the cookie that it is bound to. */
export function isUnbound({ config }: Visit, target: SignInTarget): boolean {
  return target.host !== config.domain && target.bindingHash === null;
}
