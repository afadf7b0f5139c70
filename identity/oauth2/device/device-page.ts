import { networkOf } from '../../../src/base/network.ts';
import { requiredFactor } from '../../factors/required-factor.ts';
import { authSignInPath } from '../../sign-in/addresses.ts';
import { type BrowserSession, browserSession } from '../../sign-in/browser-session.ts';
import { redirect, refused, type SiteAnswer, type SiteRefusal, showPage } from '../../site/answer.ts';
import { readForm } from '../../site/body.ts';
import { isFromOwnPage } from '../../site/own-page.ts';
import { onlyParameter } from '../../site/visit.ts';
import { DEVICE_PATH } from '../addresses.ts';
import type { OAuth2Visit } from '../visit.ts';
import type { DeviceRequest } from './device-grants.ts';
import { readUserCode } from './user-code.ts';

/** Codes that do not fit, of one person or one network within a minute, in each process. */
const MOST_WRONG_CODES = 10;

/** `GET /device` on the auth host: asks for the code that the device shows (RFC 8628 3.3). */
export async function enterDeviceCode(visit: OAuth2Visit): Promise<SiteAnswer> {
  const person = await browserSession(visit);
  if (person === null) return redirect(signInPath(visit));
  const refusal = refusalFor(person);
  if (refusal !== null) return refused(refusal);
  const given = onlyParameter(visit.request.query, 'user_code') ?? '';
  return askForCode(person, readUserCode(given) ?? '', null);
}

/** `POST /device`: shows what asks, and takes the decision. Following a link decides nothing. */
export async function decideOnDevice(visit: OAuth2Visit): Promise<SiteAnswer> {
  if (!isFromOwnPage(visit.request)) return refused('bad-request', 'a device was confirmed from another origin');
  const reading = await readForm(visit.request);
  if (!reading.ok) return reading.answer;
  const person = await browserSession(visit);
  if (person === null) return redirect(signInPath(visit));
  const refusal = refusalFor(person);
  if (refusal !== null) return refused(refusal);
  const typed = onlyParameter(reading.form, 'user_code') ?? '';
  const found = await find(visit, person, typed);
  if (found.kind === 'refused') return found.answer;
  const decision = onlyParameter(reading.form, 'decision');
  if (decision !== 'approve' && decision !== 'deny') return askForDecision(person, found);
  return settle(visit, person, found.userCode, decision);
}

/** Only a session that may do anything may give somebody another. */
function refusalFor({ session, user }: BrowserSession): SiteRefusal | null {
  if (user.spec.isDisabled === true) return 'user-disabled';
  return session.spec.state === 'ACTIVE' ? requiredFactor(session) : 'session-not-active';
}

function signInPath({ request, config }: OAuth2Visit): string {
  const code = readUserCode(onlyParameter(request.query, 'user_code') ?? '');
  const path = code === null ? DEVICE_PATH : `${DEVICE_PATH}?user_code=${code}`;
  return authSignInPath(request, { host: config.domain, path, bindingHash: null });
}

type Found =
  | { readonly kind: 'found'; readonly userCode: string; readonly request: DeviceRequest }
  | { readonly kind: 'refused'; readonly answer: SiteAnswer };

async function find({ request, deps }: OAuth2Visit, person: BrowserSession, typed: string): Promise<Found> {
  const keys = [`code ${networkOf(request.clientAddress)}`, `code of ${person.user.metadata.name}`];
  if (keys.some((key) => deps.failures.isSpent(key, MOST_WRONG_CODES))) return again(person, typed, 'too-many');
  const userCode = readUserCode(typed);
  const waiting = userCode === null ? null : await deps.devices.waiting(userCode);
  if (userCode !== null && waiting !== null) return { kind: 'found', userCode, request: waiting };
  for (const key of keys) deps.failures.note(key);
  return again(person, typed, 'unknown');
}

function again(person: BrowserSession, typed: string, problem: 'unknown' | 'too-many'): Found {
  return { kind: 'refused', answer: askForCode(person, readUserCode(typed) ?? '', problem) };
}

function askForCode({ user }: BrowserSession, userCode: string, problem: 'unknown' | 'too-many' | null): SiteAnswer {
  return showPage({ name: 'device-code', action: DEVICE_PATH, user, userCode, problem });
}

function askForDecision({ user }: BrowserSession, found: Extract<Found, { kind: 'found' }>): SiteAnswer {
  const { userCode, request } = found;
  const { clientAddress, scopes } = request;
  return showPage({ name: 'confirm-device', action: DEVICE_PATH, user, userCode, clientAddress, scopes: scopes ?? [] });
}

async function settle(
  { deps }: OAuth2Visit,
  { user, session }: BrowserSession,
  userCode: string,
  decision: 'approve' | 'deny',
): Promise<SiteAnswer> {
  const approval = { sessionUid: session.metadata.uid, authenticatedAt: session.status.authentication.setAt };
  const isDecided = await deps.devices.decide(userCode, decision === 'deny' ? 'denied' : approval);
  return showPage({ name: 'device-decided', user, outcome: isDecided ? decision : 'too-late' });
}
