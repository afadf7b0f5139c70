import type { SecretValue } from '../../src/base/secret-value.ts';
import { redirect, type SiteAnswer } from '../site/answer.ts';
import { readForm } from '../site/body.ts';
import { originOf } from '../site/origin.ts';
import { onlyParameter } from '../site/visit.ts';
import { ENROL_TOTP_PATH } from './addresses.ts';
import { toBase32 } from './base32.ts';
import { finishEnrolment, labelOf, toAccount, unlessStale } from './enrolment.ts';
import type { FactorProblem } from './pages.ts';
import { matchCode, newSeed } from './totp.ts';
import type { OwnVisit } from './visit.ts';

const SPACE = 'totp-enrolment';
/** Milliseconds from the key to the first code. */
const LIFETIME = 15 * 60_000;

/** `POST /.ostiary/account/totp`: makes a key, which is none of the user's before its first code has come. */
export function beginTotp(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, async () => {
    const { request, deps, own } = visit;
    await deps.store.records.put({
      space: SPACE,
      key: own.session.metadata.uid,
      owner: own.user.metadata.name,
      expiresAt: deps.clock.now() + LIFETIME,
      json: JSON.stringify(deps.factors.sealSeed(own.user, newSeed())),
    });
    return redirect(`${originOf(request)}${ENROL_TOTP_PATH}`);
  });
}

/** `GET /.ostiary/account/totp`: the key of this session. */
export function showTotp(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, () => show(visit, null));
}

/** `POST /.ostiary/account/totp/confirm`: the first code shows that the app has the key. */
export function confirmTotp(visit: OwnVisit): Promise<SiteAnswer> {
  return unlessStale(visit, async () => {
    const { request, deps, own } = visit;
    const reading = await readForm(request);
    if (!reading.ok) return reading.answer;
    const pending = await pendingSeed(visit);
    if (pending === null) return toAccount(visit);
    const code = (onlyParameter(reading.form, 'code') ?? '').replaceAll(/[\s-]/g, '');
    const step = matchCode(pending.seed, code, deps.clock.now(), -1);
    if (step === null) return show(visit, 'code-wrong');
    // Two tabs that confirm at once make one factor.
    if ((await deps.store.records.take(SPACE, own.session.metadata.uid)) === null) return toAccount(visit);
    const label = labelOf(reading.form, 'Authenticator app');
    return finishEnrolment(visit, label, { type: 'TOTP', seed: pending.sealed, lastStep: step });
  });
}

async function show(visit: OwnVisit, problem: FactorProblem | null): Promise<SiteAnswer> {
  const pending = await pendingSeed(visit);
  if (pending === null) return toAccount(visit);
  const key = toBase32(pending.seed.revealBytes());
  const page = { name: 'enrol-totp', uri: uriOf(visit, key), key, problem } as const;
  return { kind: 'page', page, status: problem === null ? 200 : 403, cookies: [], detail: problem };
}

async function pendingSeed({ deps, own }: OwnVisit): Promise<{ sealed: string; seed: SecretValue } | null> {
  const record = await deps.store.records.get(SPACE, own.session.metadata.uid);
  if (record === null || record.owner !== own.user.metadata.name) return null;
  const sealed = JSON.parse(record.json) as string;
  const seed = deps.factors.openSeed(own.user, sealed);
  return seed === null ? null : { sealed, seed };
}

/** The key URI format of authenticator apps; what it leaves out is SHA-1, 6 digits and 30 seconds. */
function uriOf({ config, own }: OwnVisit, key: string): string {
  const account = own.user.spec.email ?? own.user.metadata.name;
  const label = `${encodeURIComponent(config.domain)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${key}&issuer=${encodeURIComponent(config.domain)}`;
}
