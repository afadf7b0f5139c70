import { type Awaitable, isPromise } from '../src/base/awaitable.ts';
import { messageOf } from '../src/base/errors.ts';
import type { HeaderList } from '../src/base/header-list.ts';
import { hashHandle } from '../src/base/ids.ts';
import { TOKEN_HEADER } from '../src/base/own-names.ts';
import type { Directory } from './directory/directory.ts';
import { type Identification, type IdentityRejection, NOT_RESPONSIBLE } from './identification.ts';
import type { TlsPeer } from './oauth2/proof/certificate.ts';
import type { PossessionCheck, ShownToken } from './oauth2/proof/possession.ts';
import { isHandle, readSessionCookie, type Scheme } from './sessions/cookies.ts';
import type { Resolution, SessionResolver } from './sessions/resolver.ts';
import { isAccessToken } from './tokens/access-token-format.ts';

/** What identification needs to see of a request; all of it canonical. */
export interface IdentifiableRequest {
  readonly scheme: Scheme;
  readonly host: string;
  readonly headers: HeaderList;
  /** What proofs of possession are made for. Left out: a token that is bound is good for nothing. */
  readonly method?: string;
  readonly authority?: string;
  readonly path?: string;
  readonly tls?: TlsPeer | null;
}

export type Identify = (request: IdentifiableRequest, directory: Directory) => Awaitable<Identification>;

/** Whoever was identified by a session that is kept, for what stays open. */
export type IdentifyAgain = (sessionUid: string, directory: Directory) => Awaitable<Identification>;

type Resolver = Pick<SessionResolver, 'resolve'>;
type ShownIn = Extract<Identification, { kind: 'identified' }>['shownIn'];
type Rejected = Extract<Identification, { kind: 'rejected' }>;

/** A credential that stands in the request, not yet looked up. */
interface Shown {
  readonly kind: 'shown';
  readonly shownIn: ShownIn;
  /** A browser's handle counts in its cookie only, a token never there. */
  readonly as: 'browser' | 'token';
  readonly value: string;
  readonly scheme: ShownToken['scheme'];
}

type Source = (request: IdentifiableRequest) => Shown | Rejected | null;

/** The first one that is present decides: an invalid credential is never made up for by another. */
const SOURCES: readonly Source[] = [fromOwnHeader, fromCookie, fromAuthorization];

export interface IdentifierDeps {
  readonly resolver: Resolver;
  readonly possession: PossessionCheck;
}

export function createIdentifier(deps: IdentifierDeps): Identify {
  return (request, directory) => {
    for (const source of SOURCES) {
      const shown = source(request);
      if (shown !== null) return shown.kind === 'rejected' ? shown : lookUp(deps, shown, request, directory);
    }
    return NOT_RESPONSIBLE;
  };
}

/** By the session alone: the credential of then may have been replaced, or be good for one request only. */
export function createReidentifier(resolver: Pick<SessionResolver, 'again'>): IdentifyAgain {
  return async (uid, directory) => {
    try {
      const standing = await resolver.again(uid, directory);
      if (standing.kind === 'resolved') return { kind: 'identified', principal: standing.principal, shownIn: 'cookie' };
      return rejected(standing.kind === 'expired' ? 'session-expired' : 'session-unknown', null);
    } catch (thrown) {
      return unavailable(thrown);
    }
  };
}

function fromOwnHeader({ headers }: IdentifiableRequest): Shown | Rejected | null {
  const [value, another] = headers.all(TOKEN_HEADER);
  if (value === undefined) return null;
  if (another !== undefined) return rejected('token-invalid', `${TOKEN_HEADER} is repeated`);
  return accessToken('x-ostiary-auth', value, null);
}

function fromCookie({ headers, scheme }: IdentifiableRequest): Shown | Rejected | null {
  const value = readSessionCookie(headers, scheme);
  if (value === null) return null;
  if (value === 'repeated') return rejected('session-unknown', 'the session cookie is repeated');
  if (!isHandle(value)) return rejected('session-unknown', 'the session cookie is malformed');
  return { kind: 'shown', shownIn: 'cookie', as: 'browser', value, scheme: null };
}

/** Schemes other than Bearer and DPoP belong to the upstream. RFC 9110 11.1: scheme names have no case. */
function fromAuthorization({ headers }: IdentifiableRequest): Shown | Rejected | null {
  const fields = headers.all('authorization');
  if (!fields.some((field) => /^(?:bearer|dpop)(?: |$)/i.test(field))) return null;
  if (fields.length > 1) return rejected('token-invalid', 'authorization is repeated');
  const [, scheme = '', value = ''] = /^([A-Za-z]+) *(.*)$/.exec(fields[0]!) ?? [];
  return accessToken('authorization', value.trim(), scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer');
}

function accessToken(shownIn: ShownIn, value: string, scheme: ShownToken['scheme']): Shown | Rejected {
  if (!isAccessToken(value)) return rejected('token-invalid', 'not one of our access tokens');
  return { kind: 'shown', shownIn, as: 'token', value, scheme };
}

function lookUp(
  deps: IdentifierDeps,
  shown: Shown,
  request: IdentifiableRequest,
  directory: Directory,
): Awaitable<Identification> {
  try {
    const resolution = deps.resolver.resolve(hashHandle(shown.value), directory);
    if (!isPromise(resolution)) return settle(deps, shown, request, resolution);
    return resolution.then((settled) => settle(deps, shown, request, settled)).catch(unavailable);
  } catch (thrown) {
    return unavailable(thrown);
  }
}

function settle(
  deps: IdentifierDeps,
  shown: Shown,
  request: IdentifiableRequest,
  resolution: Resolution,
): Awaitable<Identification> {
  if (resolution.kind !== 'resolved') return failed(shown, resolution.kind);
  const { handle, principal } = resolution;
  if ((handle.kind === 'browser') !== (shown.as === 'browser')) return failed(shown, 'unknown');
  if (handle.kind === 'browser' && handle.host !== request.host) return failed(shown, 'unknown');
  if (handle.kind === 'access-token' && principal.kind !== 'workload') return failed(shown, 'unknown');
  const identified: Identification = { kind: 'identified', principal, shownIn: shown.shownIn };
  if (shown.as === 'browser') return identified;
  const problem = deps.possession(request, { token: shown.value, scheme: shown.scheme }, principal.session);
  if (problem === null) return identified;
  if (!isPromise(problem)) return rejected('token-invalid', problem);
  return problem.then((found) => (found === null ? identified : rejected('token-invalid', found)), unavailable);
}

/** Unknown, of another host and of another kind look alike. */
function failed(shown: Shown, why: 'unknown' | 'expired'): Rejected {
  if (shown.as === 'token') return rejected('token-invalid', `the access token is ${why}`);
  return rejected(why === 'expired' ? 'session-expired' : 'session-unknown', null);
}

function unavailable(thrown: unknown): Rejected {
  return rejected('identity-unavailable', messageOf(thrown));
}

function rejected(reason: IdentityRejection, detail: string | null): Rejected {
  return { kind: 'rejected', reason, detail };
}
