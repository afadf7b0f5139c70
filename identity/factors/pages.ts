import type { Session, User } from '../../src/model/index.ts';
import type { Factor } from './factor.ts';

export type FactorPage = AccountPage | SecondFactorPage | EnrolTotpPage | EnrolPasskeyPage | RecoveryCodesPage;

/** What a person has here: sessions and second factors. */
export interface AccountPage {
  readonly name: 'account';
  readonly user: User;
  readonly sessions: readonly OwnSession[];
  readonly factors: readonly Factor[];
  /** How many recovery codes are good yet. */
  readonly recoveryCodes: number;
  /** Second factors are changed only by who has shown one, if there is one. */
  readonly mustShowFactor: boolean;
  /** The first one is added by who has signed in a moment ago: path to that; `null`: they have. */
  readonly signInAgain: string | null;
}

export interface OwnSession {
  readonly session: Session;
  readonly isThis: boolean;
  /** Milliseconds since 1970, to the minute or so; `null`: not yet. */
  readonly usedAt: number | null;
}

/** Asks for a second factor. */
export interface SecondFactorPage {
  readonly name: 'second-factor';
  readonly user: User;
  /** Where the person is on the way to. */
  readonly host: string;
  /** Of that host: the form leads there. */
  readonly origin: string;
  /** Where a code is posted. */
  readonly action: string;
  readonly hasCodes: boolean;
  /** The user has set one up, which does not count yet. */
  readonly isWaiting: boolean;
  /** `null`: the user has no passkey. */
  readonly passkey: PasskeyQuestion | null;
  readonly problem: FactorProblem | null;
}

/** Why nothing came of it; the page has the words. */
export type FactorProblem = 'code-wrong' | 'too-many-attempts' | 'passkey-refused' | 'factor-refused' | 'too-late';

/** What a browser is asked about a passkey: options of the WebAuthn API, as JSON (WebAuthn 5.1.8). */
export interface PasskeyQuestion {
  readonly action: string;
  readonly options: object;
  /** Comes back with the answer. */
  readonly ticket: string;
}

export interface EnrolTotpPage {
  readonly name: 'enrol-totp';
  /** `otpauth:` */
  readonly uri: string;
  /** In base32. */
  readonly key: string;
  readonly problem: FactorProblem | null;
}

export interface EnrolPasskeyPage {
  readonly name: 'enrol-passkey';
  readonly question: PasskeyQuestion;
  readonly problem: FactorProblem | null;
}

/** The only time that they are shown. */
export interface RecoveryCodesPage {
  readonly name: 'recovery-codes';
  readonly codes: readonly string[];
}
