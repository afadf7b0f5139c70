import { type Awaitable, isPromise } from '../src/base/awaitable.ts';
import { messageOf } from '../src/base/errors.ts';
import type { HeaderList } from '../src/base/header-list.ts';
import { hashHandle } from '../src/base/ids.ts';
import { TOKEN_HEADER } from '../src/base/own-names.ts';
import type { Directory } from './directory/directory.ts';
import { type Identification, type IdentityRejection, NOT_RESPONSIBLE } from './identification.ts';
import type { StoredHandle } from './ports.ts';
import { isHandle, readSessionCookie, type Scheme } from './sessions/cookies.ts';
import type { Resolution, SessionResolver } from './sessions/resolver.ts';
import { isAccessToken } from './tokens/access-token-format.ts';

/** What identification needs to see of a request; all of it canonical. */
export interface IdentifiableRequest {
  readonly scheme: Scheme;
  readonly host: string;
  readonly headers: HeaderList;
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
  readonly handleKind: StoredHandle['kind'];
  readonly value: string;
}

type Source = (request: IdentifiableRequest) => Shown | Rejected | null;

/** The first one that is present decides: an invalid credential is never made up for by another. */
const SOURCES: readonly Source[] = [fromOwnHeader, fromCookie, fromAuthorization];

export function createIdentifier(deps: { readonly resolver: Resolver }): Identify {
  return (request, directory) => {
    for (const source of SOURCES) {
      const shown = source(request);
      if (shown !== null) return shown.kind === 'rejected' ? shown : lookUp(deps.resolver, shown, request, directory);
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
  return accessToken('x-ostiary-auth', value);
}

function fromCookie({ headers, scheme }: IdentifiableRequest): Shown | Rejected | null {
  const value = readSessionCookie(headers, scheme);
  if (value === null) return null;
  if (value === 'repeated') return rejected('session-unknown', 'the session cookie is repeated');
  if (!isHandle(value)) return rejected('session-unknown', 'the session cookie is malformed');
  return { kind: 'shown', shownIn: 'cookie', handleKind: 'browser', value };
}

/** Schemes other than Bearer belong to the upstream. RFC 9110 11.1: scheme names have no case. */
function fromAuthorization({ headers }: IdentifiableRequest): Shown | Rejected | null {
  const fields = headers.all('authorization');
  if (!fields.some((field) => /^bearer(?: |$)/i.test(field))) return null;
  if (fields.length > 1) return rejected('token-invalid', 'authorization is repeated');
  return accessToken('authorization', fields[0]!.slice('bearer '.length).trim());
}

function accessToken(shownIn: ShownIn, value: string): Shown | Rejected {
  if (!isAccessToken(value)) return rejected('token-invalid', 'not one of our access tokens');
  return { kind: 'shown', shownIn, handleKind: 'access-token', value };
}

function lookUp(
  resolver: Resolver,
  shown: Shown,
  request: IdentifiableRequest,
  directory: Directory,
): Awaitable<Identification> {
  try {
    const resolution = resolver.resolve(hashHandle(shown.value), directory);
    if (!isPromise(resolution)) return settle(shown, request, resolution);
    return resolution.then((settled) => settle(shown, request, settled), unavailable);
  } catch (thrown) {
    return unavailable(thrown);
  }
}

function settle(shown: Shown, request: IdentifiableRequest, resolution: Resolution): Identification {
  if (resolution.kind !== 'resolved') return failed(shown, resolution.kind);
  const { handle, principal } = resolution;
  if (handle.kind !== shown.handleKind) return failed(shown, 'unknown');
  if (handle.kind === 'browser' && handle.host !== request.host) return failed(shown, 'unknown');
  if (handle.kind === 'access-token' && principal.kind !== 'workload') return failed(shown, 'unknown');
  return { kind: 'identified', principal, shownIn: shown.shownIn };
}

/** Unknown, of another host and of another kind look alike. */
function failed(shown: Shown, why: 'unknown' | 'expired'): Rejected {
  if (shown.handleKind === 'access-token') return rejected('token-invalid', `the access token is ${why}`);
  return rejected(why === 'expired' ? 'session-expired' : 'session-unknown', null);
}

function unavailable(thrown: unknown): Rejected {
  return rejected('identity-unavailable', messageOf(thrown));
}

function rejected(reason: IdentityRejection, detail: string | null): Rejected {
  return { kind: 'rejected', reason, detail };
}
