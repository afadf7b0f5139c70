import { durationMs } from '../../src/base/duration.ts';
import { AppError } from '../../src/base/errors.ts';
import type { User } from '../../src/model/index.ts';
import { redirect, refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { isFromOwnPage } from '../site/own-page.ts';
import { onlyParameter, type RequestableService } from '../site/visit.ts';
import { MOST_REASON } from './access-requests.ts';
import { askAccessPath } from './addresses.ts';
import { approverNames } from './approvers.ts';
import type { AccessVisit } from './routes.ts';
import { signedInPerson } from './signed-in.ts';

/** Of the form: a reason in any script, percent-encoded. */
const MOST_FORM = 16 * 1024;

/** `GET /.ostiary/access?service=NAME` on the auth host: where a denied person asks for access, and how it stands. */
export async function askForm(visit: AccessVisit): Promise<SiteAnswer> {
  const person = await signedInPerson(visit);
  if (!person.ok) return person.answer;
  const service = visit.config.requestable(onlyParameter(visit.request.query, 'service') ?? '');
  if (service === null) return refused('no-route', 'no access can be asked for here');
  return form(visit, person.user, service, null);
}

/** `POST /.ostiary/access`: only from our own page, so that no other site asks in somebody's name. */
export async function ask(visit: AccessVisit): Promise<SiteAnswer> {
  const { request, config, access } = visit;
  if (!isFromOwnPage(request)) return refused('bad-request', 'access was asked for from another origin');
  const person = await signedInPerson(visit);
  if (!person.ok) return person.answer;
  const reading = await readForm(request, MOST_FORM);
  if (!reading.ok) return reading.answer;
  const service = config.requestable(onlyParameter(reading.form, 'service') ?? '');
  if (service === null) return refused('no-route', 'no access can be asked for here');
  const reason = onlyParameter(reading.form, 'reason') ?? '';
  const duration = durationMs(onlyParameter(reading.form, 'duration') ?? '') ?? Number.NaN;
  try {
    await access.ask({ user: person.user, service: service.name, reason, duration }, service.rules);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return form(visit, person.user, service, thrown.message, reason);
  }
  return redirect(askAccessPath(service.name));
}

async function form(
  { access, config }: AccessVisit,
  user: User,
  service: RequestableService,
  problem: string | null,
  reason = '',
): Promise<SiteAnswer> {
  const answer = showPage({
    name: 'ask-access',
    user,
    service,
    approvers: approverNames(service.rules, config.directory),
    former: await access.of(user, service.name),
    problem,
    reason: reason.slice(0, MOST_REASON),
  });
  return problem === null || answer.kind !== 'page' ? answer : { ...answer, status: 422, detail: problem };
}
