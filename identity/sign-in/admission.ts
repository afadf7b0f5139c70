import { AppError } from '../../src/base/errors.ts';
import type { IdentityProvider, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { matchUser, type UserMatch } from '../directory/match-user.ts';
import { groupsOf } from '../oidc/group-rules.ts';
import type { Completed } from '../oidc/relying-party.ts';
import type { RecognisedBy } from '../sessions/new-session.ts';
import type { SignInFailure } from './failures.ts';
import { newUser } from './new-user.ts';
import type { Visit } from './visit.ts';

export type SignedInAtProvider = Extract<Completed, { kind: 'signed-in' }>;

/** Whether somebody whom a provider has recognised may come in, and as whom. */
export type Admission =
  | {
      readonly kind: 'admitted';
      readonly user: User;
      readonly by: RecognisedBy;
      /** Of the session, beside those of the User. */
      readonly groups: readonly string[];
      /** The one that knows the User: a new one is in no former Directory. */
      readonly directory: Directory;
    }
  | Refused;

interface Refused {
  readonly kind: 'refused';
  readonly code: SignInFailure;
  readonly detail: string;
}

const USER_FAILURES: Readonly<Record<Exclude<UserMatch['kind'], 'found'>, SignInFailure>> = {
  none: 'user-unknown',
  several: 'user-ambiguous',
  'not-human': 'user-not-human',
  disabled: 'user-disabled',
  'other-subject': 'user-other-subject',
};

/** Another account at the provider may do better than the one that was used. */
export const OF_THE_ACCOUNT: ReadonlySet<SignInFailure> = new Set([
  ...Object.values(USER_FAILURES),
  'user-not-admitted' as const,
]);

export async function admit(visit: Visit, provider: IdentityProvider, at: SignedInAtProvider): Promise<Admission> {
  const { config } = visit;
  const match = matchUser(config.directory, provider, at);
  if (match.kind !== 'found' && match.kind !== 'none') return refusedBy(match.kind, provider, at);
  const newcomer = match.kind === 'found' ? null : newUser(provider, at, config.directory);
  if (newcomer?.kind === 'refused') return newcomer;
  const user = match.kind === 'found' ? match.user : newcomer!.user;
  const admission = judge(visit, provider, at, user);
  return newcomer === null || admission.kind === 'refused' ? admission : create(visit, provider, at, admission);
}

/** By the rules of the provider. */
function judge({ config }: Visit, provider: IdentityProvider, at: SignedInAtProvider, user: User): Admission {
  const { directory, authentication } = config;
  const groups = groupsOf(at.claims, provider.spec.oidc ?? provider.spec.saml ?? {});
  const member = directory.memberOf(user, groups);
  if (member === null) return refused('provider-misconfigured', 'a Group that the claims give is missing or broken');
  const by = recognisedBy(provider, at, authentication.aal(provider, at.claims));
  const because = authentication.refusal(provider, { user: member.user, info: by, claims: at.claims });
  if (because !== null) return refused('user-not-admitted', `${user.metadata.name}: ${because}`);
  return { kind: 'admitted', user, by, groups, directory };
}

type Admitted = Extract<Admission, { kind: 'admitted' }>;

/** Of two processes that make the same User at once one is refused, and finds the other's. */
async function create(
  { deps }: Visit,
  provider: IdentityProvider,
  at: SignedInAtProvider,
  admitted: Admitted,
): Promise<Admission> {
  const { directories } = deps;
  const change = { op: 'put', resource: admitted.user, origin: 'just-in-time' } as const;
  const directory = await directories.change([change]).catch((thrown: unknown) => {
    if (!(thrown instanceof AppError) || !isRefusal(thrown)) throw thrown;
    return directories.change([]);
  });
  const match = matchUser(directory, provider, at);
  if (match.kind !== 'found') return refusedBy(match.kind, provider, at);
  return { ...admitted, user: match.user, directory };
}

function isRefusal({ code }: AppError): boolean {
  return code === 'refused' || code === 'conflict' || code === 'invalid';
}

function refusedBy(kind: keyof typeof USER_FAILURES, provider: IdentityProvider, at: SignedInAtProvider): Refused {
  return refused(USER_FAILURES[kind], `${provider.metadata.name} states the identifier "${at.identifier}"`);
}

function refused(code: SignInFailure, detail: string): Refused {
  return { kind: 'refused', code, detail };
}

function recognisedBy(
  { metadata }: IdentityProvider,
  { issuer, subject, identifier, verifiedEmail }: SignedInAtProvider,
  aal: RecognisedBy['aal'] | null,
): RecognisedBy {
  const identityProvider = {
    identityProviderRef: { name: metadata.name, ...(metadata.uid !== undefined && { uid: metadata.uid }) },
    identifier,
    issuer,
    subject,
    ...(verifiedEmail !== null && { email: verifiedEmail }),
  };
  return { type: 'IDENTITY_PROVIDER', identityProvider, aal: aal ?? 'AAL1' };
}
