import { newNameSuffix, newUid } from '../../src/base/ids.ts';
import type { Credential, NamedRef, Session, User } from '../../src/model/index.ts';
import { begun } from './authentications.ts';

type AuthenticationInfo = Session['status']['authentication']['info'];

/** Where a sign-in came from, for whoever looks at the list of sessions. */
export interface SignInOrigin {
  readonly address: string;
  readonly userAgent: string | null;
}

/** How a user was recognised at a sign-in, as it stands in the session. */
export type RecognisedBy = Omit<AuthenticationInfo, 'downstream'>;

/** Milliseconds since 1970. */
export interface SessionSpan {
  readonly now: number;
  readonly expiresAt: number;
}

/** Long enough for every real browser. */
const MOST_USER_AGENT = 512;

export function newBrowserSession(
  user: User,
  by: RecognisedBy,
  origin: SignInOrigin,
  span: SessionSpan & { readonly state: Session['spec']['state']; readonly groups: readonly string[] },
): Session {
  const info: AuthenticationInfo = { ...by, downstream: downstreamOf(origin) };
  return begun({
    ...frame(user, span),
    spec: { state: span.state, expiresAt: timestamp(span.expiresAt) },
    status: {
      type: 'CLIENTLESS',
      isBrowser: true,
      userRef: refTo(user),
      ...(span.groups.length > 0 && { groups: [...span.groups] }),
      authentication: { setAt: timestamp(span.now), info },
    },
  });
}

/** A session that is shown by a token. */
export interface TokenSession {
  readonly user: User;
  readonly by: RecognisedBy;
  /** What the token was made from, if that is a Credential: its policies and scopes count at each use as they are then. */
  readonly credential: Credential | null;
  /** Narrows what the Credential allows; left out: it does not. */
  readonly scopes?: readonly string[] | undefined;
  readonly confirmation?: Session['status']['confirmation'];
  readonly actor?: User | undefined;
  /** The program that may renew the token. */
  readonly clientID?: string;
  /** What a provider's claims add to the Groups of the User. */
  readonly groups?: readonly string[] | undefined;
  /** The session whose token it is given for, and with which it ends. */
  readonly parent?: Session | undefined;
  /** What the token endpoint gives it for. */
  readonly grant?: Session['status']['grant'];
  /** When its person was recognised, RFC 3339: a token is no new sign-in. Left out: now. */
  readonly authenticatedAt?: string;
  /** `null`: nobody was there. */
  readonly origin: SignInOrigin | null;
}

export function newTokenSession(token: TokenSession, span: SessionSpan): Session {
  const { user, by, credential, scopes, confirmation, actor, clientID, groups = [], parent, grant, origin } = token;
  const authorization = credential?.spec.authorization;
  const session: Session = {
    ...frame(user, span),
    spec: {
      state: 'ACTIVE',
      expiresAt: timestamp(span.expiresAt),
      ...(authorization === undefined ? {} : { authorization }),
    },
    status: {
      type: 'CLIENTLESS',
      isBrowser: false,
      userRef: refTo(user),
      ...(credential === null ? {} : { credentialRef: refTo(credential) }),
      ...(grant === undefined ? {} : { grant }),
      ...(clientID === undefined ? {} : { clientID }),
      ...(groups.length > 0 && { groups: [...groups] }),
      ...(scopes === undefined ? {} : { scopes: [...scopes] }),
      ...(confirmation === undefined ? {} : { confirmation }),
      ...(actor === undefined ? {} : { actor: { userRef: refTo(actor) } }),
      ...(parent === undefined ? {} : { parentRef: refTo(parent) }),
      authentication: {
        setAt: token.authenticatedAt ?? timestamp(span.now),
        info: origin === null ? by : { ...by, downstream: downstreamOf(origin) },
      },
    },
  };
  return begun(session, credential);
}

function frame(user: User, span: SessionSpan): Pick<Session, 'kind' | 'metadata'> {
  const name = `${user.metadata.name}-${newNameSuffix()}`;
  return { kind: 'Session', metadata: { name, uid: newUid(), createdAt: timestamp(span.now) } };
}

export function refTo(resource: User | Credential | Session): NamedRef {
  const { name, uid } = resource.metadata;
  return uid === undefined ? { name } : { name, uid };
}

function downstreamOf(origin: SignInOrigin): NonNullable<AuthenticationInfo['downstream']> {
  const ipAddress = origin.address;
  return origin.userAgent === null
    ? { ipAddress }
    : { ipAddress, userAgent: origin.userAgent.slice(0, MOST_USER_AGENT) };
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
