import { requiredFactor } from '../factors/required-factor.ts';
import { browserSession } from '../sign-in/browser-session.ts';
import { signInRedirect } from '../sign-in/refused-navigation.ts';
import type { SignInDeps, Visit } from '../sign-in/visit.ts';
import { redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import type { SiteRoute } from '../site/route.ts';
import { onlyParameter, type SiteRequest, type SiteVisit } from '../site/visit.ts';
import { KEPT_FORM_PATH, keptFormPath } from './addresses.ts';
import type { KeptForm, KeptForms, Shown } from './kept-forms.ts';

interface KeptVisit extends Visit {
  readonly kept: KeptForms;
}

/** Where a form that was kept is shown to its sender, and sent if he agrees. */
export function keptFormRoutes(deps: SignInDeps, kept: KeptForms): readonly SiteRoute[] {
  const to = (handler: (visit: KeptVisit) => Promise<SiteAnswer>) => (visit: SiteVisit) =>
    handler({ ...visit, deps, kept });
  return [{ on: 'service-hosts', path: KEPT_FORM_PATH, methods: { GET: to(askFirst), POST: to(send) } }];
}

/** `GET /.ostiary/kept-form?id=ID`: what would be sent where. Values are not shown: somebody else may have signed in. */
async function askFirst(visit: KeptVisit): Promise<SiteAnswer> {
  const { request, config, kept } = visit;
  const shown = shownIn(request);
  const form = await kept.look(shown);
  if (form === null) return redirect('/');
  const current = await browserSession(visit);
  if (current === null) {
    const { location, setCookie } = signInRedirect(request, config.domain, keptFormPath(shown.id));
    return redirect(location, setCookie === null ? [] : [setCookie]);
  }
  const required = requiredFactor(current.session);
  if (required !== null) return refused(required);
  const { host, path, query, bytes, contentType } = form;
  return showPage({
    name: 'kept-form',
    user: current.user,
    action: keptFormPath(shown.id),
    host,
    path: query === '' ? path : `${path}?${query}`,
    contentType: mediaType(contentType),
    size: bytes.byteLength,
    fields: fieldsOf(form),
  });
}

/** `POST` to the same: the form takes the place of this request, once, and everything is decided about it anew. */
async function send({ request, kept }: KeptVisit): Promise<SiteAnswer> {
  if (!isFromOwnPage(request)) return refused('bad-request', 'a kept form was released from another origin');
  const reading = await request.readBody(1024);
  if (reading.kind === 'refused') return refused(reading.reason);
  const form = await kept.take(shownIn(request));
  if (form === null) return redirect('/');
  const { path, query, contentType, bytes } = form;
  return { kind: 'instead', path, query, contentType, bytes };
}

function shownIn({ headers, scheme, host, query }: SiteRequest): Shown {
  return { headers, scheme, host, id: onlyParameter(query, 'id') ?? '' };
}

function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase();
}

const MOST_FIELDS = 30;

/** Names of the fields, where they are easily told. */
function fieldsOf({ contentType, bytes }: KeptForm): string[] {
  if (mediaType(contentType) !== 'application/x-www-form-urlencoded') return [];
  const names = new URLSearchParams(Buffer.from(bytes).toString('utf8')).keys();
  return [...new Set(names)].slice(0, MOST_FIELDS).map((name) => name.slice(0, 100));
}
