import { ACCOUNT_PATH, OWN_PATH_PREFIX } from '../../src/base/own-names.ts';
import { SECOND_FACTOR_PATH } from '../sign-in/addresses.ts';

export { ACCOUNT_PATH, SECOND_FACTOR_PATH };
export const SECOND_FACTOR_PASSKEY_PATH = `${SECOND_FACTOR_PATH}/passkey`;
export const PASSKEY_SIGN_IN_PATH = `${OWN_PATH_PREFIX}sign-in/passkey`;
export const END_SESSIONS_PATH = `${ACCOUNT_PATH}/sessions`;
export const REMOVE_FACTOR_PATH = `${ACCOUNT_PATH}/factors`;
export const ENROL_TOTP_PATH = `${ACCOUNT_PATH}/totp`;
export const CONFIRM_TOTP_PATH = `${ENROL_TOTP_PATH}/confirm`;
export const ENROL_PASSKEY_PATH = `${ACCOUNT_PATH}/passkey`;
export const RECOVERY_CODES_PATH = `${ACCOUNT_PATH}/recovery-codes`;
