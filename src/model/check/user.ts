import type { KeyPath } from '../source.ts';
import type { User, UserIdentity } from '../user.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { Checked, ResourceCheck } from './checker.ts';
import { checkSessionSettings } from './session-settings.ts';

/** Whatever identifies a user identifies one user only: two would be refused at the sign-in. */
export const checkUser: ResourceCheck<User> = (user, all) => [
  ...checkPeopleOnly(user),
  ...checkEmail(user, all),
  ...checkIdentities(user, all),
  ...checkSessionSettings(user.spec.session, user.spec.type, ['spec', 'session']),
];

function checkPeopleOnly({ spec }: User): Problem[] {
  if (spec.type === 'HUMAN' || spec.email === undefined) return [];
  return [problem(['spec', 'email'], 'only a user of type HUMAN has an e-mail address', { at: 'key' })];
}

function checkEmail(user: User, all: Checked): Problem[] {
  const { email } = keysOf(user);
  if (email === null) return [];
  return taken(user, email, all, ['spec', 'email'], `the e-mail address ${quote(user.spec.email!)}`);
}

function checkIdentities(user: User, all: Checked): Problem[] {
  return keysOf(user).identities.flatMap((keys, i) => {
    const path = ['spec', 'authentication', 'identities', i, 'identifier'];
    const [found] = keys.flatMap((key) => taken(user, key, all, path, 'this identity'));
    return found === undefined ? [] : [found];
  });
}

function taken(user: User, key: string, all: Checked, path: KeyPath, what: string): Problem[] {
  const owner = owners(all).get(key);
  if (owner === undefined || owner === user) return [];
  return [problem(path, `${what} belongs to the User "${owner.metadata.name}" already`)];
}

const cache = new WeakMap<Checked, ReadonlyMap<string, User>>();

/** Whom an e-mail address or identity belongs to: the first User who states it. */
function owners(all: Checked): ReadonlyMap<string, User> {
  const known = cache.get(all);
  if (known !== undefined) return known;
  const found = new Map<string, User>();
  for (const { resource } of all.sourced) {
    if (resource.kind !== 'User') continue;
    const { email, identities } = keysOf(resource);
    for (const key of [email ?? [], ...identities].flat()) if (!found.has(key)) found.set(key, resource);
  }
  cache.set(all, found);
  return found;
}

/** What a User is found by. */
interface UserKeys {
  readonly email: string | null;
  /** Of each identity: whoever states a subject is found by it too. */
  readonly identities: readonly (readonly string[])[];
}

const keys = new WeakMap<User, UserKeys>();

function keysOf(user: User): UserKeys {
  const known = keys.get(user) ?? makeKeys(user);
  keys.set(user, known);
  return known;
}

function makeKeys({ spec: { email, authentication } }: User): UserKeys {
  return {
    email: email === undefined ? null : emailKey(email),
    identities: (authentication?.identities ?? []).map(identityKeys),
  };
}

function emailKey(email: string): string {
  return JSON.stringify([email]);
}

function identityKeys({ identityProvider, identifier, issuer, subject }: UserIdentity): string[] {
  const byIdentifier = JSON.stringify([identityProvider, identifier]);
  if (issuer === undefined || subject === undefined) return [byIdentifier];
  return [byIdentifier, JSON.stringify([identityProvider, issuer, subject])];
}
