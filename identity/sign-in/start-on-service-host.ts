import type { SiteAnswer } from '../site/answer.ts';
import { redirect } from '../site/answer.ts';
import { onlyParameter } from '../site/visit.ts';
import { serviceSignInPath } from './addresses.ts';
import { signInFailed } from './failures.ts';
import { signInRedirect } from './refused-navigation.ts';
import { parseLocalTarget } from './target.ts';
import type { Visit } from './visit.ts';

/** `GET /.ostiary/sign-in?to=PATH[&switch=1]` on a Service host: ties the browser to this host, then to the auth host. */
export async function startOnServiceHost({ request, config }: Visit): Promise<SiteAnswer> {
  const place = parseLocalTarget(onlyParameter(request.query, 'to') ?? '/', request, request.host);
  if (place === null) return signInFailed('target-refused', { retry: serviceSignInPath('/') });
  const switching = onlyParameter(request.query, 'switch') === '1';
  const { location, setCookie } = signInRedirect(request, config.domain, place.path, { switching });
  return redirect(location, setCookie === null ? [] : [setCookie]);
}
