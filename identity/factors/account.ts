import type { Session } from '../../src/model/index.ts';
import { refused, type SiteAnswer, showPage } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { onlyParameter } from '../site/visit.ts';
import { missingProof, signInAgain, toAccount, unlessRequired, unlessStale } from './enrolment.ts';
import type { OwnSession } from './pages.ts';
import { removeWithCodes } from './remove.ts';
import type { OwnVisit } from './visit.ts';

/** `GET /.ostiary/account` on the auth host. */
export function account(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessRequired(visit, () => show(visit));
}

async function show(visit: OwnVisit): Promise<SiteAnswer> {
  const { deps, own } = visit;
  const factors = await deps.factors.of(own.user);
  const proof = await missingProof(visit);
  return showPage({
    name: 'account',
    user: own.user,
    sessions: await Promise.all((await ownSessions(visit)).map((session) => described(visit, session))),
    factors: factors.map(({ factor }) => factor),
    recoveryCodes: await deps.recoveryCodes.left(own.user),
    mustShowFactor: proof === 'second-factor',
    signInAgain: proof === 'sign-in' ? signInAgain(visit) : null,
  });
}

/** `POST /.ostiary/account/sessions`: `session=NAME` ends one, `others=1` all but this one. */
export function endSessions(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessRequired(visit, async () => {
    const reading = await readForm(visit.request);
    if (!reading.ok) return reading.answer;
    const name = onlyParameter(reading.form, 'session');
    const all = onlyParameter(reading.form, 'others') === '1';
    const others = (await ownSessions(visit)).filter(({ metadata }) => !isThis(visit, metadata.uid));
    const chosen = all ? others : others.filter(({ metadata }) => metadata.name === name);
    for (const { metadata } of chosen) await visit.deps.sessions.revoke(metadata.uid);
    return toAccount(visit);
  });
}

/** `POST /.ostiary/account/factors`: `factor=NAME` is the user's no more. */
export function removeFactor(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, async () => {
    const { deps, own } = visit;
    const reading = await readForm(visit.request);
    if (!reading.ok) return reading.answer;
    const name = onlyParameter(reading.form, 'factor');
    const factors = await deps.factors.of(own.user);
    const chosen = factors.find(({ factor }) => factor.name === name);
    if (chosen === undefined) return toAccount(visit);
    await removeWithCodes(deps, chosen, own.session);
    return toAccount(visit);
  });
}

/** `POST /.ostiary/account/recovery-codes`: new ones, shown this once; the former are good no more. */
export function renewRecoveryCodes(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, async () => {
    const { deps, own } = visit;
    if ((await deps.factors.active(own.user)).length === 0) return refused('bad-request', 'there is no second factor');
    return showPage({ name: 'recovery-codes', codes: await deps.recoveryCodes.renew(own.user) });
  });
}

/** The newest first. Those of programs are among them; a name that was given to another user brings none along. */
async function ownSessions({ deps, own }: OwnVisit) {
  const { name } = own.user.metadata;
  const sessions = await deps.sessions.list(name);
  const { uid } = own.session.status.userRef;
  return sessions.filter(
    ({ status }) => status.userRef.uid === undefined || uid === undefined || status.userRef.uid === uid,
  );
}

async function described(visit: OwnVisit, session: Session): Promise<OwnSession> {
  const { uid, createdAt } = session.metadata;
  const usedAt = (await visit.deps.store.sessions.get(uid))?.seenAt ?? null;
  const isUsed = usedAt !== null && createdAt !== undefined && usedAt > Date.parse(createdAt);
  return { session, isThis: isThis(visit, uid), usedAt: isUsed ? usedAt : null };
}

function isThis({ own }: OwnVisit, uid: string): boolean {
  return uid === own.session.metadata.uid;
}
