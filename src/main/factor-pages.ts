import {
  ACCOUNT_PATH,
  CONFIRM_TOTP_PATH,
  END_SESSIONS_PATH,
  ENROL_PASSKEY_PATH,
  ENROL_TOTP_PATH,
  RECOVERY_CODES_PATH,
  REMOVE_FACTOR_PATH,
  SECOND_FACTOR_PATH,
} from '../../identity/factors/addresses.ts';
import type { Factor } from '../../identity/factors/factor.ts';
import type {
  AccountPage,
  FactorPage,
  FactorProblem,
  OwnSession,
  SecondFactorPage,
} from '../../identity/factors/pages.ts';
import { COMMAND_LINE } from '../../identity/oauth2/device/device-authorization.ts';
import type { Session } from '../model/index.ts';
import type { Html } from '../web/html.ts';
import { type AccountFactor, type AccountSession, accountPage } from '../web/pages/account.ts';
import { enrolPasskeyPage } from '../web/pages/enrol-passkey.ts';
import { enrolTotpPage } from '../web/pages/enrol-totp.ts';
import { recoveryCodesPage } from '../web/pages/recovery-codes.ts';
import { secondFactorPage } from '../web/pages/second-factor.ts';
import { deviceOf } from './device-name.ts';
import { nameOf } from './page-facts.ts';

const PROBLEMS: Readonly<Record<FactorProblem, string>> = {
  'code-wrong': 'That code is wrong, too old, or was used before. Wait for the next one.',
  'too-many-attempts':
    'Too many wrong codes. Codes of apps are taken again in 15 minutes; passkeys and recovery codes are taken now.',
  'passkey-refused': 'That passkey was not accepted here.',
  'factor-refused': 'This second factor is not taken here, for you or for this kind of sign-in.',
  'too-late': 'That took too long. Try again.',
};

const TYPES: Readonly<Record<Factor['type'], string>> = { TOTP: 'authenticator app', FIDO: 'passkey' };

/** The pages of `web/` filled with what identity says about a person's account and second factors. */
export function factorMarkup(domain: string, page: FactorPage): Html {
  switch (page.name) {
    case 'account':
      return account(domain, page);
    case 'second-factor':
      return secondFactor(domain, page);
    case 'enrol-totp': {
      const { uri, key, problem } = page;
      return enrolTotpPage({
        domain,
        uri,
        key,
        action: CONFIRM_TOTP_PATH,
        accountUrl: ACCOUNT_PATH,
        problem: words(problem),
      });
    }
    case 'enrol-passkey':
      return enrolPasskeyPage({
        domain,
        passkey: page.question,
        accountUrl: ACCOUNT_PATH,
        problem: words(page.problem),
      });
    case 'recovery-codes':
      return recoveryCodesPage({ domain, codes: page.codes, accountUrl: ACCOUNT_PATH });
  }
}

function account(domain: string, page: AccountPage): Html {
  return accountPage({
    domain,
    who: nameOf(page.user),
    groups: page.user.spec.groups ?? [],
    sessions: page.sessions.map(sessionRow),
    factors: page.factors.map(factorRow),
    recoveryCodes: page.recoveryCodes,
    showFactorUrl: page.mustShowFactor ? SECOND_FACTOR_PATH : null,
    signInAgainUrl: page.signInAgain,
    urls: {
      portal: '/',
      endSessions: END_SESSIONS_PATH,
      removeFactor: REMOVE_FACTOR_PATH,
      addTotp: ENROL_TOTP_PATH,
      addPasskey: ENROL_PASSKEY_PATH,
      recoveryCodes: RECOVERY_CODES_PATH,
    },
  });
}

function secondFactor(domain: string, page: SecondFactorPage): Html {
  const { user, host, action, hasCodes, isWaiting, passkey, problem } = page;
  return secondFactorPage({
    domain,
    who: nameOf(user),
    host,
    codeAction: hasCodes ? action : null,
    isWaiting,
    passkey,
    problem: words(problem),
    accountUrl: ACCOUNT_PATH,
    portalUrl: '/',
  });
}

function sessionRow({ session, isThis, usedAt }: OwnSession): AccountSession {
  const { metadata, spec, status } = session;
  const { info, setAt } = status.authentication;
  const { ipAddress, userAgent } = info.downstream ?? {};
  const used = usedAt === null ? 'not used yet' : `last used ${moment(new Date(usedAt).toISOString())}`;
  const facts = [
    `${status.isBrowser ? 'signed in' : 'since'} ${moment(setAt)}`,
    ...(ipAddress === undefined ? [] : [`from ${ipAddress}`]),
    ...(isThis ? [] : [used]),
    `ends ${moment(spec.expiresAt)}`,
    ...(info.authenticator === undefined ? [] : ['with a second factor']),
    ...(status.scopes === undefined ? [] : [`for ${status.scopes.join(', ')}`]),
  ];
  const what = status.isBrowser ? deviceOf(userAgent) : programOf(status);
  return { name: metadata.name, isThis, isBrowser: status.isBrowser, what, facts };
}

const PROGRAMS: ReadonlyMap<string, string> = new Map([[COMMAND_LINE, 'The ostiary command line']]);

function programOf({ clientID, credentialRef, grant }: Session['status']): string {
  if (clientID !== undefined) return PROGRAMS.get(clientID) ?? clientID;
  if (credentialRef !== undefined) return `A program with the credential ${credentialRef.name}`;
  return grant === 'TOKEN_EXCHANGE' ? 'A token that another one was exchanged for' : 'A program';
}

function factorRow({ name, label, type, state, createdAt, usedAt }: Factor): AccountFactor {
  const used = usedAt === null ? 'not used yet' : `used ${moment(usedAt)}`;
  return { name, label, facts: [TYPES[type], `added ${moment(createdAt)}`, used], isActive: state === 'ACTIVE' };
}

function words(problem: FactorProblem | null): string | null {
  return problem === null ? null : PROBLEMS[problem];
}

/** As in `2026-11-21 20:04 UTC`: pages know no time zone of their readers. */
function moment(timestamp: string): string {
  return `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}
