import { signInFailed } from '../sign-in/failures.ts';
import { secondFactorRedirect } from '../sign-in/refused-navigation.ts';
import { parseLocalTarget } from '../sign-in/target.ts';
import type { SiteAnswer } from '../site/answer.ts';
import { redirect } from '../site/answer.ts';
import { onlyParameter, type SiteVisit } from '../site/visit.ts';

/**
 * `GET /.ostiary/second-factor?to=PATH` on a Service host: for a page whose script was refused, and that comes back to
 * itself once a second factor was shown on the auth host.
 */
export async function startSecondFactor({ request, config }: SiteVisit): Promise<SiteAnswer> {
  const place = parseLocalTarget(onlyParameter(request.query, 'to') ?? '/', request, request.host);
  if (place === null) return signInFailed('target-refused', { retry: '/' });
  const { location, setCookie } = secondFactorRedirect(request, config.domain, place.path);
  return redirect(location, setCookie === null ? [] : [setCookie]);
}
