import type { ProviderFailure } from '../oidc/provider-errors.ts';
import type { SiteAnswer } from './answer.ts';

/** Why nobody was signed in. The text is for whoever tries to sign in. */
export type SignInFailure =
  | ProviderFailure
  | 'target-refused'
  | 'provider-none'
  | 'provider-unknown'
  | 'sign-in-unknown'
  | 'hand-over-unknown'
  | 'other-browser'
  | 'session-ended'
  | 'user-unknown'
  | 'user-ambiguous'
  | 'user-not-human'
  | 'user-disabled';

interface FailureInfo {
  readonly status: number;
  readonly text: string;
}

const FAILURES: Readonly<Record<SignInFailure, FailureInfo>> = {
  'target-refused': { status: 400, text: 'The address to go to after signing in is not one of ours.' },
  'provider-none': { status: 503, text: 'No identity provider is configured, so nobody can sign in.' },
  'provider-unknown': { status: 404, text: 'This identity provider is not known here, or is switched off.' },
  'sign-in-unknown': { status: 400, text: 'This sign-in took too long, or was finished already.' },
  'hand-over-unknown': { status: 400, text: 'This sign-in took too long, or was finished already.' },
  'other-browser': { status: 400, text: 'This sign-in was begun in another browser, or cookies are blocked.' },
  'session-ended': { status: 400, text: 'The session ended before the sign-in was complete.' },
  'user-unknown': { status: 403, text: 'You are known to the identity provider, but you are not a user here.' },
  'user-ambiguous': { status: 403, text: 'More than one user here has this identity, so none of them is signed in.' },
  'user-not-human': { status: 403, text: 'This identity belongs to a workload; workloads do not sign in here.' },
  'user-disabled': { status: 403, text: 'This user is disabled.' },
  'provider-unreachable': { status: 502, text: 'The identity provider cannot be reached at the moment.' },
  'provider-misconfigured': { status: 502, text: 'The identity provider is not configured correctly here.' },
  'provider-secret-missing': { status: 502, text: 'The identity provider is not configured completely here.' },
  'provider-declined': { status: 403, text: 'The identity provider did not sign you in.' },
  'provider-answer-invalid': { status: 502, text: 'The identity provider gave an answer that cannot be trusted.' },
  'identifier-missing': { status: 403, text: 'The identity provider did not say who you are.' },
  'email-unverified': { status: 403, text: 'The identity provider has not verified your e-mail address.' },
};

export interface FailureParts {
  /** Path that begins again. */
  readonly retry: string;
  readonly detail?: string;
  readonly cookies?: readonly string[];
}

/** A page with a link to try again, never a redirect: whatever went wrong may go wrong in a loop. */
export function signInFailed(code: SignInFailure, { retry, detail, cookies = [] }: FailureParts): SiteAnswer {
  const { status, text } = FAILURES[code];
  return { kind: 'page', page: { name: 'sign-in-failed', code, text, retry }, status, cookies, detail: detail ?? null };
}
