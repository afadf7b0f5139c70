import { newNameSuffix } from '../../src/base/ids.ts';
import type { IdentityProvider, User } from '../../src/model/index.ts';
import type { Directory } from '../directory/directory.ts';
import { isAt, mayVouchFor } from '../directory/email.ts';
import { provenEmail } from '../oidc/provider-identity.ts';
import type { SignedInAtProvider } from './admission.ts';

export type NewUser =
  | { readonly kind: 'new'; readonly user: User }
  | { readonly kind: 'refused'; readonly code: 'user-unknown' | 'user-ambiguous'; readonly detail: string };

/** With the hyphen and the random end, a name has 40 characters at most. */
const MOST_OF_NAME = 32;
/** As the schema of Users wants it. */
const EMAIL = /^[^@A-Z\s]+@[^@A-Z\s]+$/;
const MOST_EMAIL = 254;
const MOST_IDENTIFIER = 512;

/** The User that a first sign-in makes, where the provider's `justInTime` allows it. */
export function newUser(provider: IdentityProvider, at: SignedInAtProvider, directory: Directory): NewUser {
  const { justInTime } = provider.spec;
  const { name } = provider.metadata;
  if (justInTime?.allowed !== true) return notAdmitted(`${name} states the identifier "${at.identifier}"`);
  if (at.identifier.length > MOST_IDENTIFIER || at.subject.length > MOST_IDENTIFIER)
    return notAdmitted('sub is too long');
  const email = usableEmail(provider, at);
  const { emailDomains, groups, userName } = justInTime;
  if (emailDomains !== undefined && !isAt(email, emailDomains)) {
    return notAdmitted(`${email ?? 'no verified e-mail address'}, which is at none of the emailDomains of ${name}`);
  }
  const [other] = email === null ? [] : directory.usersByEmail(email);
  if (other !== undefined) {
    const detail = `${email} belongs to the User "${other.metadata.name}", whom ${name} knows by another identity`;
    return { kind: 'refused', code: 'user-ambiguous', detail };
  }
  const begin = userName === 'SUBJECT' || email === null ? at.subject : email.slice(0, email.indexOf('@'));
  return { kind: 'new', user: userOf(nameLike(begin, directory), provider, at, email, groups) };
}

function notAdmitted(detail: string): NewUser {
  return { kind: 'refused', code: 'user-unknown', detail };
}

function userOf(
  name: string,
  provider: IdentityProvider,
  { issuer, subject, identifier }: SignedInAtProvider,
  email: string | null,
  groups: readonly string[] | undefined,
): User {
  const identity = { identityProvider: provider.metadata.name, identifier, issuer, subject };
  return {
    kind: 'User',
    metadata: { name },
    spec: {
      type: 'HUMAN',
      ...(email !== null && { email }),
      ...(groups !== undefined && { groups: [...groups] }),
      authentication: { identities: [identity] },
    },
  };
}

/** Whatever `checkEmailVerified` says: here an address opens doors. */
function usableEmail(provider: IdentityProvider, { claims }: SignedInAtProvider): string | null {
  const email = provenEmail(claims);
  if (email === null || !mayVouchFor(provider, email)) return null;
  return EMAIL.test(email) && email.length <= MOST_EMAIL ? email : null;
}

/**
 * A name that nobody can foresee: whoever chooses an account's address must not become the "admin" that a policy
 * speaks of.
 */
function nameLike(text: string, directory: Directory): string {
  const readable = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MOST_OF_NAME)
    .replace(/^-+|-+$/g, '');
  const begin = /^[a-z]/.test(readable) ? readable : `u-${readable}`.slice(0, MOST_OF_NAME).replace(/-+$/, '');
  for (;;) {
    const name = `${begin}-${newNameSuffix()}`;
    if (directory.user(name) === null) return name;
  }
}
