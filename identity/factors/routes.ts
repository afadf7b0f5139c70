import type { SiteHandler, SiteRoute } from '../site/route.ts';
import { account, endSessions, removeFactor, renewRecoveryCodes } from './account.ts';
import {
  ACCOUNT_PATH,
  CONFIRM_TOTP_PATH,
  END_SESSIONS_PATH,
  ENROL_PASSKEY_PATH,
  ENROL_TOTP_PATH,
  PASSKEY_SIGN_IN_PATH,
  RECOVERY_CODES_PATH,
  REMOVE_FACTOR_PATH,
  SECOND_FACTOR_PASSKEY_PATH,
  SECOND_FACTOR_PATH,
} from './addresses.ts';
import { confirmPasskey, showPasskeyEnrolment } from './enrol-passkey.ts';
import { beginTotp, confirmTotp, showTotp } from './enrol-totp.ts';
import { signInWithPasskey } from './passkey-sign-in.ts';
import { answerWithCode, answerWithPasskey, secondFactor } from './second-factor.ts';
import { startSecondFactor } from './start-on-service-host.ts';
import { asOwner, asOwnerOnly, type FactorDeps, type OwnHandler } from './visit.ts';

/** The account page, and second factors: on the auth host, where Service hosts lead to. */
export function factorRoutes(deps: FactorDeps): readonly SiteRoute[] {
  const shows =
    (handler: OwnHandler): SiteHandler =>
    (visit) =>
      asOwner({ ...visit, deps }, handler);
  const changes =
    (handler: OwnHandler): SiteHandler =>
    (visit) =>
      asOwnerOnly({ ...visit, deps }, handler);
  const signIn: SiteHandler = (visit) => signInWithPasskey({ ...visit, deps });
  const routes: readonly (readonly [path: string, methods: SiteRoute['methods']])[] = [
    [ACCOUNT_PATH, { GET: shows(account) }],
    [END_SESSIONS_PATH, { POST: changes(endSessions) }],
    [REMOVE_FACTOR_PATH, { POST: changes(removeFactor) }],
    [RECOVERY_CODES_PATH, { POST: changes(renewRecoveryCodes) }],
    [ENROL_TOTP_PATH, { GET: shows(showTotp), POST: changes(beginTotp) }],
    [CONFIRM_TOTP_PATH, { POST: changes(confirmTotp) }],
    [ENROL_PASSKEY_PATH, { GET: shows(showPasskeyEnrolment), POST: changes(confirmPasskey) }],
    [SECOND_FACTOR_PATH, { GET: shows(secondFactor), POST: changes(answerWithCode) }],
    [SECOND_FACTOR_PASSKEY_PATH, { POST: changes(answerWithPasskey) }],
    [PASSKEY_SIGN_IN_PATH, { POST: signIn }],
  ];
  return [
    ...routes.map(([path, methods]) => ({ on: 'auth-host', path, methods }) as const),
    { on: 'service-hosts', path: SECOND_FACTOR_PATH, methods: { GET: startSecondFactor } },
  ];
}
