import type { ProviderFailure } from '../oidc/provider-errors.ts';
import type { SignInFailedPage, SiteAnswer, StillSignedIn } from '../site/answer.ts';

/** Why nobody was signed in. The text is for whoever tries to sign in. */
export type SignInFailure =
  | ProviderFailure
  | 'target-refused'
  | 'provider-none'
  | 'provider-unknown'
  | 'sign-in-unknown'
  | 'hand-over-unknown'
  | 'other-browser'
  | 'passkey-refused'
  | 'provider-wanted'
  | 'session-ended'
  | 'identity-changed'
  | 'user-unknown'
  | 'user-ambiguous'
  | 'user-not-human'
  | 'user-disabled'
  | 'user-other-subject'
  | 'user-not-admitted';

interface FailureInfo {
  readonly status: number;
  readonly text: string;
  readonly title?: string;
  readonly advice?: string;
}

const TITLE = 'You are not signed in';
const ADVICE = 'If trying again does not help, tell whoever manages access here, and give them the request ID.';

const FAILURES: Readonly<Record<SignInFailure, FailureInfo>> = {
  'target-refused': { status: 400, text: 'The address to go to after signing in is not one of ours.' },
  'provider-none': {
    status: 503,
    title: 'Nobody can sign in yet',
    text: 'No identity provider is set up here.',
    advice: 'Whoever runs this installation adds a resource of kind IdentityProvider; docs/identity.md shows how.',
  },
  'provider-unknown': { status: 404, text: 'This identity provider is not known here, or is switched off.' },
  'sign-in-unknown': { status: 400, text: 'This sign-in took too long, or was finished already.' },
  'hand-over-unknown': { status: 400, text: 'This sign-in took too long, or was finished already.' },
  'other-browser': { status: 400, text: 'This sign-in was begun in another browser, or cookies are blocked.' },
  'passkey-refused': {
    status: 403,
    text: 'This passkey is not known here, or was shown too late. Passkeys are set up in the account of the portal.',
  },
  'provider-wanted': {
    status: 403,
    text: 'Your groups come from an identity provider, so a passkey alone does not sign you in.',
    advice: 'Sign in at the identity provider. The passkey counts there as your second factor.',
  },
  'session-ended': { status: 400, text: 'The session ended before the sign-in was complete.' },
  'identity-changed': {
    status: 403,
    text: 'This login belonged to another account when it was first used here, so it signs nobody in.',
  },
  'user-unknown': { status: 403, text: 'You are known to the identity provider, but you are not a user here.' },
  'user-ambiguous': { status: 403, text: 'More than one user here has this identity, so none of them is signed in.' },
  'user-not-human': { status: 403, text: 'This identity belongs to a workload; workloads do not sign in here.' },
  'user-disabled': { status: 403, text: 'This user is disabled.' },
  'user-other-subject': {
    status: 403,
    text: 'The user with this name at the identity provider is somebody else here.',
  },
  'user-not-admitted': { status: 403, text: 'The rules for this identity provider do not let you in.' },
  'provider-unreachable': { status: 502, text: 'The identity provider cannot be reached at the moment.' },
  'provider-misconfigured': { status: 502, text: 'The identity provider is not configured correctly here.' },
  'provider-secret-missing': { status: 502, text: 'The identity provider is not configured completely here.' },
  'provider-declined': { status: 403, text: 'The identity provider did not sign you in.' },
  'sign-in-cancelled': {
    status: 403,
    title: 'You cancelled',
    text: 'You cancelled the sign-in at the identity provider, so nothing has changed.',
    advice:
      'If you did not cancel, the identity provider has refused: tell whoever manages access here, and give them the request ID.',
  },
  'provider-answer-invalid': { status: 502, text: 'The identity provider gave an answer that cannot be trusted.' },
  'identifier-missing': { status: 403, text: 'The identity provider did not say who you are.' },
  'email-unverified': { status: 403, text: 'The identity provider has not verified your e-mail address.' },
};

export interface FailureParts {
  /** Path that begins again; `null` when that cannot help. */
  readonly retry: string | null;
  readonly detail?: string;
  readonly still?: StillSignedIn | null;
}

/** A page with a link to try again, never a redirect: whatever went wrong may go wrong in a loop. */
export function signInFailed(code: SignInFailure, { retry, detail, still = null }: FailureParts): SiteAnswer {
  const { status, text, title = TITLE, advice = ADVICE } = FAILURES[code];
  const page: SignInFailedPage = { name: 'sign-in-failed', code, title, text, advice, retry, still };
  return { kind: 'page', page, status, cookies: [], detail: detail ?? null };
}
