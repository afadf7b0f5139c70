import type { Reason } from '../gateway/reasons.ts';

/** Which kind of page a refusal gets: the three must not look like one another. */
export type RefusalKind =
  /** We know who asks, and no: a person can act on it. */
  | 'denied'
  /** The request itself cannot be served. */
  | 'request'
  /** The request was fine and something behind or inside the gateway was not. */
  | 'failure';

export interface ReasonWords {
  readonly kind: RefusalKind;
  /** `{service}` stands for the Service's display name. */
  readonly title: string;
  /** What the reader can do. */
  readonly advice: string;
}

const ASK_FOR_ACCESS = 'If you need this for your work, ask whoever manages access here, and give them the request ID.';
const OTHER_NETWORK = `It may be open from another network, such as that of your office. ${ASK_FOR_ACCESS}`;
const OTHER_ACCOUNT = `You may be signed in with the wrong account. ${ASK_FOR_ACCESS}`;
const REPORT = 'If it stays that way, tell whoever runs this service, and give them the request ID.';
const ASK_OPERATOR = 'Tell whoever runs this service, and give them the request ID: it leads to the cause in the log.';
const CHECK_ADDRESS = 'Check the address, or start from the portal.';
const PROGRAM_ERROR =
  'If you followed a link, go back and start from the portal. If a program sent this, it has a mistake.';
const OTHER_ADDRESS =
  'The address may be incomplete: the service answers others. If it should answer this one, tell whoever runs it, and give them the request ID.';
const SIGN_IN_AGAIN = 'Sign in, then do again what you were about to do: it was not carried out.';

const SHOW_FACTOR =
  'Open your account in the portal, show your second factor, then do again what you were about to do: it was not carried out.';

export const REASON_WORDS = {
  'bad-request': { kind: 'request', title: 'The request is malformed', advice: PROGRAM_ERROR },
  'bad-path': { kind: 'request', title: 'The address is malformed', advice: CHECK_ADDRESS },
  'bad-host': { kind: 'request', title: 'The host name is malformed', advice: CHECK_ADDRESS },
  'bad-header': { kind: 'request', title: 'The request is malformed', advice: PROGRAM_ERROR },
  'client-gone': {
    kind: 'request',
    title: 'The connection was closed',
    advice: 'Nobody waits for this answer any more.',
  },
  'bad-body': { kind: 'request', title: 'The request is not accepted', advice: PROGRAM_ERROR },
  'bad-parameter': { kind: 'request', title: 'The request is not accepted', advice: PROGRAM_ERROR },
  'not-described': { kind: 'request', title: 'Page not found', advice: CHECK_ADDRESS },
  'body-too-large': {
    kind: 'request',
    title: 'Too much was sent',
    advice: 'Send less at once, such as a smaller file.',
  },
  'body-too-slow': {
    kind: 'request',
    title: 'Sending took too long',
    advice: 'Try again, with a better connection or less to send.',
  },
  'method-refused': { kind: 'request', title: 'The request is not accepted', advice: PROGRAM_ERROR },
  'upgrade-refused': { kind: 'request', title: 'The request is not accepted', advice: PROGRAM_ERROR },
  'authority-mismatch': { kind: 'request', title: 'The request names two hosts', advice: PROGRAM_ERROR },
  'grpc-path': { kind: 'request', title: 'This is not a gRPC method', advice: PROGRAM_ERROR },
  'grpc-protocol': { kind: 'request', title: 'Only gRPC is served here', advice: PROGRAM_ERROR },
  'origin-refused': { kind: 'request', title: 'The request comes from another site', advice: PROGRAM_ERROR },
  'rate-limited': { kind: 'request', title: 'Too many requests', advice: 'Wait a moment, then try again.' },
  'quota-exhausted': {
    kind: 'request',
    title: 'All requests are used up',
    advice: `There will be more once the day or the month is over. ${ASK_FOR_ACCESS}`,
  },
  'limit-unavailable': { kind: 'failure', title: '{service} is not available', advice: REPORT },
  'no-route': { kind: 'request', title: 'Page not found', advice: CHECK_ADDRESS },
  'service-broken': { kind: 'failure', title: '{service} is not available', advice: ASK_OPERATOR },
  'service-disabled': { kind: 'failure', title: '{service} is switched off', advice: REPORT },
  unauthenticated: { kind: 'denied', title: 'Sign in first', advice: SIGN_IN_AGAIN },
  'session-unknown': { kind: 'denied', title: 'You are signed out', advice: SIGN_IN_AGAIN },
  'session-expired': { kind: 'denied', title: 'Your session has expired', advice: SIGN_IN_AGAIN },
  'token-invalid': { kind: 'denied', title: 'The access token is not valid', advice: 'Use a current access token.' },
  'credentials-invalid': {
    kind: 'denied',
    title: 'What you showed is not valid',
    advice: 'Check the name and the password, the key or the certificate.',
  },
  'too-many-attempts': { kind: 'denied', title: 'Too many attempts failed', advice: 'Try again in a few minutes.' },
  'identity-unavailable': { kind: 'failure', title: 'Signing in does not work at the moment', advice: REPORT },
  'grant-refused': { kind: 'request', title: 'This was refused', advice: 'Look at the answer, which says why.' },
  'sign-in-failed': { kind: 'denied', title: 'You are not signed in', advice: SIGN_IN_AGAIN },
  'insecure-origin': { kind: 'request', title: 'This address is not secure', advice: 'Use the https address.' },
  'address-refused': { kind: 'denied', title: '{service} is not open from here', advice: OTHER_NETWORK },
  'user-agent-refused': { kind: 'denied', title: '{service} is not open to this program', advice: ASK_FOR_ACCESS },
  'session-not-active': { kind: 'denied', title: 'You may not open {service}', advice: ASK_FOR_ACCESS },
  'user-disabled': { kind: 'denied', title: 'This account is disabled', advice: OTHER_ACCOUNT },
  'session-client-type': { kind: 'denied', title: 'You may not open {service} this way', advice: ASK_FOR_ACCESS },
  'scope-insufficient': { kind: 'denied', title: 'You may not open {service}', advice: ASK_FOR_ACCESS },
  'authenticator-authentication-required': {
    kind: 'denied',
    title: 'Show your second factor first',
    advice: SHOW_FACTOR,
  },
  'authenticator-registration-required': {
    kind: 'denied',
    title: 'Set up a second factor first',
    advice: SHOW_FACTOR,
  },
  'step-up-required': { kind: 'denied', title: '{service} needs your second factor', advice: SHOW_FACTOR },
  'policy-denied': { kind: 'denied', title: 'You may not open {service}', advice: OTHER_ACCOUNT },
  'no-policy-match': { kind: 'denied', title: 'You may not open {service}', advice: OTHER_ACCOUNT },
  'policy-error': { kind: 'denied', title: 'You may not open {service}', advice: ASK_OPERATOR },
  'policy-cost': { kind: 'denied', title: 'You may not open {service}', advice: ASK_OPERATOR },
  'authorization-denied': { kind: 'denied', title: 'You may not open {service}', advice: OTHER_ACCOUNT },
  'authorization-unavailable': { kind: 'failure', title: '{service} cannot answer this', advice: REPORT },
  'no-config': { kind: 'failure', title: '{service} has no answer here', advice: OTHER_ADDRESS },
  'config-error': { kind: 'failure', title: '{service} cannot answer this', advice: ASK_OPERATOR },
  'plugin-error': { kind: 'failure', title: '{service} cannot answer this', advice: ASK_OPERATOR },
  'processor-refused': { kind: 'denied', title: '{service} does not answer this', advice: ASK_OPERATOR },
  'processor-unavailable': { kind: 'failure', title: '{service} cannot answer this', advice: REPORT },
  'processor-timeout': { kind: 'failure', title: '{service} cannot answer this', advice: REPORT },
  'rewrite-refused': { kind: 'request', title: 'The address is malformed', advice: CHECK_ADDRESS },
  'redirect-refused': { kind: 'request', title: 'The address is malformed', advice: CHECK_ADDRESS },
  'referrer-refused': {
    kind: 'request',
    title: 'Another site led here',
    advice: 'Type the address, or start from the portal.',
  },
  maintenance: {
    kind: 'failure',
    title: '{service} is under maintenance',
    advice: 'Try again later.',
  },
  'fault-injected': {
    kind: 'failure',
    title: '{service} fails on purpose',
    advice: 'This is a test of what happens when it does. Try again in a moment.',
  },
  'credential-unavailable': { kind: 'failure', title: '{service} cannot be reached', advice: ASK_OPERATOR },
  'upstream-unreachable': { kind: 'failure', title: '{service} cannot be reached', advice: REPORT },
  'upstream-invalid': { kind: 'failure', title: '{service} gave a broken answer', advice: REPORT },
  'upstream-timeout': { kind: 'failure', title: '{service} did not answer in time', advice: REPORT },
  'upstream-busy': { kind: 'failure', title: '{service} has too much to do', advice: 'Try again in a moment.' },
  'upstream-unhealthy': { kind: 'failure', title: '{service} cannot be reached', advice: REPORT },
  overloaded: { kind: 'failure', title: 'Too much is being sent at once', advice: 'Try again in a moment.' },
  'shutting-down': { kind: 'failure', title: 'The gateway is restarting', advice: 'Try again in a moment.' },
  'internal-error': { kind: 'failure', title: 'Something went wrong', advice: ASK_OPERATOR },
} as const satisfies Record<Reason, ReasonWords>;
