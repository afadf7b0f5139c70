import { ANONYMOUS, type Principal } from '../../../identity/principal.ts';
import { begun } from '../../../identity/sessions/authentications.ts';
import { AppError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import type { Credential, Session, User } from '../../model/index.ts';

/** Who asks, by name. What is left out is as after a sign-in at the time of the request. */
export interface Asker {
  /** `null`: nobody is signed in. */
  readonly user: string | null;
  /** Instead of the groups of the User. */
  readonly groups?: readonly string[];
  readonly session?: AskerSession;
}

export interface AskerSession {
  /** CLIENTLESS when left out. */
  readonly type?: Session['status']['type'];
  /** As for the kind of the User when left out: people have browsers, workloads have tokens. */
  readonly isBrowser?: boolean;
  readonly state?: Session['spec']['state'];
  readonly aal?: 'AAL1' | 'AAL2' | 'AAL3';
  /** Name of the IdentityProvider; the only one there is when left out. */
  readonly identityProvider?: string;
  /** Name of the Credential that made the session: its policies and scopes count. */
  readonly credential?: string;
  readonly scopes?: readonly string[];
  /** Milliseconds since 1970; an hour after the request when left out. */
  readonly expiresAt?: number;
  /** Milliseconds since 1970; the time of the request when left out. */
  readonly signedInAt?: number;
}

const HOUR_MS = 3_600_000;

/**
 * Who this is under a configuration, without a store and without a sign-in.
 *
 * @param time milliseconds since 1970
 * @throws AppError `not-found` when the User, a Group or the Credential does not exist
 */
export function principalOf(snapshot: CompiledSnapshot, asker: Asker, time: number): Principal {
  if (asker.user === null) return ANONYMOUS;
  const user = userOf(snapshot, asker.user, asker.groups);
  const { session: facts = {} } = asker;
  return {
    kind: user.spec.type === 'WORKLOAD' ? 'workload' : 'human',
    user,
    groups: snapshot.directory.groupsOf(user),
    session: sessionOf(snapshot, user, facts, time),
    device: null,
  };
}

function userOf({ directory }: CompiledSnapshot, name: string, groups: readonly string[] | undefined): User {
  const user = directory.user(name);
  if (user === null) throw missing('User', name, directory.users);
  if (groups === undefined) return user;
  const unknown = groups.find((group) => !directory.groups.some(({ metadata }) => metadata.name === group));
  if (unknown !== undefined) throw missing('Group', unknown, directory.groups);
  return { ...user, spec: { ...user.spec, groups: [...groups] } };
}

type Named = { readonly metadata: { readonly name: string } };

function missing(kind: string, name: string, known: readonly Named[]): AppError {
  const suggestion = didYouMean(
    name,
    known.map(({ metadata }) => metadata.name),
  );
  return new AppError('not-found', `there is no ${kind}/${name}${suggestion === null ? '' : ` (${suggestion})`}`);
}

function sessionOf(snapshot: CompiledSnapshot, user: User, facts: AskerSession, time: number): Session {
  const credential = facts.credential === undefined ? null : credentialOf(snapshot, facts.credential);
  const { authorization } = credential?.spec ?? {};
  const scopes = facts.scopes ?? credential?.spec.scopes;
  const { name, uid } = user.metadata;
  const session: Session = {
    kind: 'Session',
    metadata: { name: `${name}-asked`, uid: `${name}-asked`, createdAt: timestamp(facts.signedInAt ?? time) },
    spec: {
      state: facts.state ?? 'ACTIVE',
      expiresAt: timestamp(facts.expiresAt ?? time + HOUR_MS),
      ...(authorization === undefined ? {} : { authorization }),
    },
    status: {
      type: facts.type ?? 'CLIENTLESS',
      isBrowser: facts.isBrowser ?? (user.spec.type === 'HUMAN' && credential === null),
      userRef: uid === undefined ? { name } : { name, uid },
      ...(credential === null ? {} : { credentialRef: { name: credential.metadata.name } }),
      ...(scopes === undefined ? {} : { scopes: [...scopes] }),
      authentication: {
        setAt: timestamp(facts.signedInAt ?? time),
        info: signInOf(snapshot, user, facts),
      },
    },
  };
  return begun(session, credential);
}

function credentialOf({ directory }: CompiledSnapshot, name: string): Credential {
  const credential = directory.credential(name);
  if (credential === null) throw missing('Credential', name, []);
  return credential;
}

type SignIn = Session['status']['authentication']['info'];

function signInOf({ identityProviders }: CompiledSnapshot, user: User, facts: AskerSession): SignIn {
  const aal = facts.aal === undefined ? {} : { aal: facts.aal };
  if (user.spec.type === 'WORKLOAD' || facts.credential !== undefined) return { type: 'CREDENTIAL', ...aal };
  const only = identityProviders.length === 1 ? identityProviders[0]?.metadata.name : undefined;
  const name = facts.identityProvider ?? only;
  const provider = name === undefined ? {} : { identityProvider: { identityProviderRef: { name } } };
  return { type: 'IDENTITY_PROVIDER', ...provider, ...aal };
}

function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
