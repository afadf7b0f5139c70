/**
 * Why an exchange was refused: the same code stands in the log, on the page and in the tests. The text may be shown
 * to the caller, so it names no policy, group or upstream; the rest goes to the log as the refusal's `detail`.
 */
export interface ReasonInfo {
  readonly status: number;
  readonly text: string;
}

export const REASONS = {
  // what the client sent
  'bad-request': { status: 400, text: 'The request is malformed.' },
  'bad-path': { status: 400, text: 'The request path is malformed or ambiguous.' },
  'bad-host': { status: 400, text: 'The Host of the request is missing, repeated or malformed.' },
  'bad-header': { status: 400, text: 'A request header is malformed.' },
  'client-gone': { status: 499, text: 'The client went away before it was answered.' },
  'bad-body': { status: 400, text: 'The request body is not what this service accepts.' },
  'bad-parameter': { status: 400, text: 'A parameter of the request is missing, unknown or malformed.' },
  'not-described': { status: 404, text: 'This service has no such operation.' },
  'body-too-large': { status: 413, text: 'The request body is too large.' },
  'body-too-slow': { status: 408, text: 'The request body did not arrive in time.' },
  'method-refused': { status: 405, text: 'This request method is not served.' },
  'upgrade-refused': { status: 501, text: 'Protocol upgrades are not served here.' },
  'authority-mismatch': { status: 421, text: 'The request names two hosts, or another one than its connection.' },
  'grpc-path': { status: 400, text: 'The path is not that of a gRPC method.' },
  'grpc-protocol': { status: 415, text: 'Only gRPC is served here.' },
  'origin-refused': { status: 403, text: 'Pages of that origin may not use this service.' },
  'rate-limited': { status: 429, text: 'Too many requests were sent in a short time.' },
  'quota-exhausted': { status: 429, text: 'All requests that may be sent in this period have been sent.' },
  'limit-unavailable': { status: 503, text: 'Whether there is room for this request cannot be found out.' },
  // where it should go
  'no-route': { status: 404, text: 'Nothing is served at this address.' },
  'service-broken': { status: 503, text: 'The configuration of this service is broken.' },
  'service-disabled': { status: 503, text: 'This service is switched off.' },
  // who sent it
  unauthenticated: { status: 401, text: 'Sign in, or send an access token.' },
  'session-unknown': { status: 401, text: 'The session is not known, or has ended.' },
  'session-expired': { status: 401, text: 'The session has expired.' },
  'token-invalid': { status: 401, text: 'The access token is not valid.' },
  'credentials-invalid': { status: 401, text: 'What was shown to prove who asks is not valid.' },
  'too-many-attempts': { status: 429, text: 'Too many attempts failed. Try again later.' },
  'identity-unavailable': { status: 503, text: 'Identities cannot be checked at the moment.' },
  'sign-in-failed': { status: 403, text: 'The sign-in was not completed.' },
  'grant-refused': { status: 400, text: 'The request of a program about tokens or sessions was refused.' },
  'insecure-origin': { status: 403, text: 'Signing in needs HTTPS, or a host under localhost.' },
  // whether it may
  'address-refused': { status: 403, text: 'This service is not open to your address.' },
  'user-agent-refused': { status: 403, text: 'This service is not open to this program.' },
  'session-not-active': { status: 403, text: 'This session is not active.' },
  'user-disabled': { status: 403, text: 'This user is disabled.' },
  'session-client-type': { status: 403, text: 'This service cannot be used with this kind of session.' },
  'scope-insufficient': { status: 403, text: 'The access token is not meant for this service.' },
  'authenticator-authentication-required': { status: 403, text: 'This session needs a second factor first.' },
  'authenticator-registration-required': { status: 403, text: 'A second factor has to be set up first.' },
  'step-up-required': { status: 401, text: 'This needs a second factor, shown a short while ago.' },
  'policy-denied': { status: 403, text: 'A policy denies this request.' },
  'no-policy-match': { status: 403, text: 'No policy allows this request.' },
  'policy-error': { status: 403, text: 'A policy could not be evaluated, so the request is denied.' },
  'policy-cost': { status: 403, text: 'A policy took too long to evaluate, so the request is denied.' },
  'authorization-denied': { status: 403, text: 'This request is not allowed.' },
  'authorization-unavailable': { status: 503, text: 'Whether this request is allowed cannot be found out.' },
  // what to do with it
  'no-config': { status: 502, text: 'No configuration of this service fits this request.' },
  'config-error': { status: 500, text: 'The configuration for this request could not be chosen.' },
  'plugin-error': { status: 500, text: 'The request could not be processed.' },
  'processor-refused': { status: 403, text: 'This request is not served.' },
  'processor-unavailable': { status: 502, text: 'The request could not be processed at the moment.' },
  'processor-timeout': { status: 504, text: 'The request was not processed in time.' },
  'rewrite-refused': { status: 400, text: 'The request path leaves its service when it is rewritten.' },
  'redirect-refused': { status: 400, text: 'The request would be redirected to a place that is not allowed.' },
  'referrer-refused': { status: 403, text: 'Pages of other sites may not lead here.' },
  maintenance: { status: 503, text: 'This service is under maintenance. Try again later.' },
  'fault-injected': { status: 503, text: 'This failure was made on purpose, as a test.' },
  'credential-unavailable': { status: 502, text: 'The credential for the upstream is not available.' },
  // the upstream
  'upstream-unreachable': { status: 502, text: 'The upstream cannot be reached.' },
  'upstream-invalid': { status: 502, text: 'The upstream gave an invalid answer.' },
  'upstream-timeout': { status: 504, text: 'The upstream did not answer in time.' },
  'upstream-busy': { status: 503, text: 'The upstream has no room for this request at the moment.' },
  'upstream-unhealthy': { status: 503, text: 'No upstream of this service is healthy.' },
  // us
  overloaded: { status: 503, text: 'The gateway has no room for this request at the moment.' },
  'shutting-down': { status: 503, text: 'The gateway is shutting down.' },
  'internal-error': { status: 500, text: 'Something went wrong in the gateway.' },
} as const satisfies Record<string, ReasonInfo>;

export type Reason = keyof typeof REASONS;
