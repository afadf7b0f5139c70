import { HeaderList } from '../base/header-list.ts';
import { TOKEN_HEADER } from '../base/own-names.ts';
import type { Exchange, GrpcCall } from '../gateway/exchange.ts';
import { grpcRefusal, wireOfCaller } from '../gateway/grpc/answer.ts';
import type { Refusal, Response } from '../gateway/outcome.ts';
import { REASONS, type Reason } from '../gateway/reasons.ts';
import { isNavigation, mayBeOpenedAgain } from './navigation.ts';
import { problem, setRefusalHeaders } from './problem.ts';

/** The pages and the way to sign in, handed in so that the wire knows neither. */
export interface RefusalDeps {
  readonly pages: {
    /** The page for a person, with its status. */
    refused(x: Exchange, refusal: Refusal): Response;
  };
  /** Where this browser signs in, or why it cannot. */
  signInUrl(x: Exchange): SignIn | Refusal;
}

export interface SignIn {
  readonly kind: 'sign-in';
  readonly location: string;
  /** Set-Cookie of the browser binding, `null` when the browser has it. */
  readonly setCookie: string | null;
}

/** For these, signing in is the cure. */
const SIGN_IN_REASONS: ReadonlySet<Reason> = new Set<Reason>(['unauthenticated', 'session-unknown', 'session-expired']);

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
  if (!SIGN_IN_REASONS.has(refusal.reason) || !mayBeOpenedAgain(x.request)) return page(x, refusal, deps);
  const signIn = deps.signInUrl(x);
  return signIn.kind === 'refusal' ? page(x, signIn, deps) : redirect(x, refusal, signIn);
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
  const response = problem(x.id, reason, REASONS[reason].status);
  if (isChallenged(response, reason)) setChallenge(response, x, reason);
  return response;
}

function isChallenged({ status }: Response, reason: Reason): boolean {
  return status === 401 || reason === 'scope-insufficient';
}

/** RFC 9110 15.5.2 asks for a challenge with every 401; RFC 6750 3 tells one who showed a token why it is no good. */
function setChallenge({ headers }: Response, x: Exchange, reason: Reason): void {
  const code = reason === 'scope-insufficient' ? 'insufficient_scope' : 'invalid_token';
  const error = reason !== 'unauthenticated' && showedToken(x) ? `, error="${code}"` : '';
  headers.set('www-authenticate', `Bearer realm="ostiary"${error}`);
}

function showedToken({ request }: Exchange): boolean {
  return request.headers.has('authorization') || request.headers.has(TOKEN_HEADER);
}
