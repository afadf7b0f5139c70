import { durationMs } from '../../src/base/duration.ts';
import { AppError } from '../../src/base/errors.ts';
import type { User } from '../../src/model/index.ts';
import { isSame } from '../sessions/backed-session.ts';
import { redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { onlyParameter, type SiteConfig } from '../site/visit.ts';
import { REVIEW_ACCESS_PATH } from './addresses.ts';
import { isApprover } from './approvers.ts';
import type { AccessRequest } from './request.ts';
import type { AccessVisit } from './routes.ts';
import { signedInPerson } from './signed-in.ts';

const MOST_FORM = 4 * 1024;
/** On the page; the command line shows all. */
const MOST_SHOWN = 100;

/** `GET /.ostiary/access-requests` on the auth host: what waits for this person, what runs, and what came of the rest. */
export async function review(visit: AccessVisit): Promise<SiteAnswer> {
  const person = await signedInPerson(visit);
  return person.ok ? list(visit, person.user, null) : person.answer;
}

/** `POST /.ostiary/access-requests/ID/DECISION`. Who may decide is looked up now, not when the page was shown. */
export async function decide(visit: AccessVisit, [id = '', decision = '']: readonly string[]): Promise<SiteAnswer> {
  const { request } = visit;
  if (!isFromOwnPage(request)) return refused('bad-request', 'a decision was posted from another origin');
  const person = await signedInPerson(visit);
  if (!person.ok) return person.answer;
  const reading = await readForm(request, MOST_FORM);
  if (!reading.ok) return reading.answer;
  try {
    const found = await visit.access.find(id);
    if (!mayDecide(person.user, found, visit.config))
      return refused('no-route', `${id}: not for this person to decide`);
    await carryOut(visit, person.user, found, decision, durationMs(onlyParameter(reading.form, 'duration') ?? ''));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return thrown.code === 'not-found' ? refused('no-route', thrown.message) : list(visit, person.user, thrown.message);
  }
  return redirect(REVIEW_ACCESS_PATH);
}

async function carryOut(
  { access, config }: AccessVisit,
  user: User,
  { id, service, user: asker }: AccessRequest,
  decision: string,
  duration: number | null,
): Promise<void> {
  const by = user.metadata.name;
  if (decision === 'refuse') await access.refuse(id, by);
  else if (decision === 'revoke') await access.revoke(id, by);
  else {
    const rules = config.requestable(service)?.rules ?? null;
    await access.approve(id, duration ?? Number.NaN, { by, rules, user: config.directory.user(asker.name) });
  }
}

/** Nobody sees his own request among those to decide. */
function mayDecide(
  user: User,
  { service, user: asker }: AccessRequest,
  { requestable, directory }: SiteConfig,
): boolean {
  const rules = requestable(service)?.rules;
  return rules !== undefined && asker.name !== user.metadata.name && isApprover(user, rules, directory);
}

async function list({ access, config }: AccessVisit, user: User, problem: string | null): Promise<SiteAnswer> {
  const all = await access.list();
  const entries = (requests: readonly AccessRequest[]) =>
    requests.slice(0, MOST_SHOWN).map((request) => ({
      request,
      user: config.directory.user(request.user.name),
      service: config.requestable(request.service),
    }));
  const answer = showPage({
    name: 'access-requests',
    user,
    problem,
    toDecide: entries(all.filter((request) => mayDecide(user, request, config))),
    own: entries(all.filter((request) => request.user.name === user.metadata.name && isSame(request.user, user))),
  });
  return problem === null || answer.kind !== 'page' ? answer : { ...answer, status: 409, detail: problem };
}
