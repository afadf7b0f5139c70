import type { SiteAnswer } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { ENROL_PASSKEY_PATH } from './addresses.ts';
import { finishEnrolment, labelOf, unlessStale } from './enrolment.ts';
import { isPasskey } from './factors.ts';
import type { FactorProblem } from './pages.ts';
import { registrationQuestion } from './passkey-questions.ts';
import { answerOf, expectedOf } from './passkeys.ts';
import type { OwnVisit } from './visit.ts';
import { verifyNewPasskey } from './web-authn.ts';

/** `GET /.ostiary/account/passkey` */
export function showPasskeyEnrolment(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, () => show(visit, null));
}

/** `POST` to it: what the browser made. */
export function confirmPasskey(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, async () => {
    const reading = await readForm(visit.request);
    if (!reading.ok) return reading.answer;
    const { ticket, answer } = answerOf(reading.form);
    const expected = expectedOf(visit, ticket, 'register', visit.own.session.metadata.uid);
    if (expected === null) return show(visit, 'too-late');
    const made = await verifyNewPasskey(answer, expected);
    if (made === null || !(await visit.deps.tickets.claim(expected.challenge))) return show(visit, 'passkey-refused');
    return finishEnrolment(visit, labelOf(reading.form, 'Passkey'), { type: 'FIDO', ...made });
  });
}

async function show(visit: OwnVisit, problem: FactorProblem | null): Promise<SiteAnswer> {
  const factors = await visit.deps.factors.of(visit.own.user);
  const known = factors.filter(isPasskey).map(({ factor }) => factor);
  const question = registrationQuestion(visit, known, ENROL_PASSKEY_PATH);
  const page = { name: 'enrol-passkey', question, problem } as const;
  return { kind: 'page', page, status: problem === null ? 200 : 403, cookies: [], detail: problem };
}
