import { HeaderList } from '../base/header-list.ts';
import { OWN_PATH_PREFIX, TOKEN_HEADER } from '../base/own-names.ts';
import type { Exchange, GrpcCall } from '../gateway/exchange.ts';
import { grpcRefusal, wireOfCaller } from '../gateway/grpc/answer.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { REASONS, type Reason } from '../gateway/reasons.ts';
import { isNavigation, mayBeOpenedAgain } from './navigation.ts';
import { type ProblemMembers, problem, setRefusalHeaders } from './problem.ts';

/** The pages and the way to sign in, handed in so that the wire knows neither. */
export interface RefusalDeps {
  readonly pages: {
    /** The page for a person, with its status. */
    refused(x: Exchange, refusal: Refusal): Response;
  };
  /** Where this browser signs in, or why it cannot. */
  signInUrl(x: Exchange): SignIn | Refusal;
  /** The same for a second factor. */
  secondFactorUrl(x: Exchange): SignIn | Refusal;
}

export interface SignIn {
  readonly kind: 'sign-in';
  readonly location: string;
  /** Set-Cookie of the browser binding, `null` when the browser has it. */
  readonly setCookie: string | null;
}

/** For these, signing in is the cure. */
const SIGN_IN_REASONS: ReadonlySet<Reason> = new Set<Reason>(['unauthenticated', 'session-unknown', 'session-expired']);

/** For these, a second factor is. */
const SECOND_FACTOR_REASONS: ReadonlySet<Reason> = new Set<Reason>([
  'step-up-required',
  'authenticator-authentication-required',
  'authenticator-registration-required',
]);

/** Spells a refusal for the protocol and the caller: gRPC status, redirect to sign in, page, or problem details. */
export function spellRefusal(x: Exchange, refusal: Refusal, deps: RefusalDeps): Response {
  const wire = wireOfCaller(x);
  if (wire !== null) return spellForGrpc(x, refusal, wire);
  return isNavigation(x.request) ? spellForPerson(x, refusal, deps) : spellForProgram(x, refusal);
}

function spellForGrpc(x: Exchange, refusal: Refusal, wire: GrpcCall['wire']): Response {
  const response = grpcRefusal(x, refusal, wire);
  setRefusalHeaders(response.headers, x.id, refusal.reason);
  return response;
}

function spellForPerson(x: Exchange, refusal: Refusal, deps: RefusalDeps): Response {
  const cure = mayBeOpenedAgain(x.request) ? cureOf(x, refusal, deps) : null;
  if (cure === null) return page(x, refusal, deps);
  return cure.kind === 'refusal' ? page(x, cure, deps) : redirect(x, refusal, cure);
}

function cureOf(x: Exchange, { reason }: Refusal, deps: RefusalDeps): SignIn | Refusal | null {
  if (SIGN_IN_REASONS.has(reason)) return deps.signInUrl(x);
  return SECOND_FACTOR_REASONS.has(reason) ? deps.secondFactorUrl(x) : null;
}

function page(x: Exchange, refusal: Refusal, deps: RefusalDeps): Response {
  const response = deps.pages.refused(x, refusal);
  setRefusalHeaders(response.headers, x.id, refusal.reason);
  if (isChallenged(response, refusal.reason)) setChallenge(response, x, refusal.reason);
  return response;
}

function redirect(x: Exchange, refusal: Refusal, { location, setCookie }: SignIn): Response {
  const headers = HeaderList.from([['location', location]]);
  if (setCookie !== null) headers.append('set-cookie', setCookie);
  setRefusalHeaders(headers, x.id, refusal.reason);
  return { status: 303, headers, body: null };
}

function spellForProgram(x: Exchange, { reason }: Refusal): Response {
  const response = problem(x.id, reason, REASONS[reason].status, wayOn(x, reason));
  if (isChallenged(response, reason)) setChallenge(response, x, reason);
  return response;
}

/** A script cannot follow a redirect to another host: the page that it belongs to can go there. */
function wayOn({ request, snapshot }: Exchange, reason: Reason): ProblemMembers {
  if (request.host === snapshot.domain) return {};
  if (SIGN_IN_REASONS.has(reason)) return { signIn: `${OWN_PATH_PREFIX}sign-in` };
  return SECOND_FACTOR_REASONS.has(reason) ? { signIn: `${OWN_PATH_PREFIX}second-factor` } : {};
}

function isChallenged({ status }: Response, reason: Reason): boolean {
  return status === 401 || reason === 'scope-insufficient';
}

/** RFC 9110 15.5.2 asks for a challenge with every 401. */
function setChallenge({ headers }: Response, x: Exchange, reason: Reason): void {
  headers.set('www-authenticate', `Bearer realm="ostiary"${errorOf(x, reason)}`);
}

/** RFC 6750 3 tells one who showed a token why it is no good, RFC 9470 3 one whose sign-in is not enough. */
function errorOf(x: Exchange, reason: Reason): string {
  if (reason === 'step-up-required') {
    return `, error="insufficient_user_authentication", error_description="${REASONS[reason].text}"`;
  }
  const code = reason === 'scope-insufficient' ? 'insufficient_scope' : 'invalid_token';
  return !NOT_OF_TOKENS.has(reason) && showedToken(x) ? `, error="${code}"` : '';
}

/** RFC 6750 has no word for these. */
const NOT_OF_TOKENS: ReadonlySet<Reason> = new Set<Reason>(['unauthenticated', 'credentials-invalid']);

function showedToken({ request }: Exchange): boolean {
  return request.headers.has('authorization') || request.headers.has(TOKEN_HEADER);
}
