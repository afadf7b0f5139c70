import type { User } from '../../src/model/index.ts';
import { comparableEmail } from './email.ts';

/** Users by what they are recognised by. */
export class IdentityIndex {
  readonly #users = new Map<string, User[]>();

  constructor(users: Iterable<User>) {
    for (const user of users) for (const key of new Set(keysOf(user))) this.#add(key, user);
  }

  byIdentifier(provider: string, identifier: string): readonly User[] {
    return this.#users.get(keyOf('identifier', provider, identifier)) ?? [];
  }

  bySubject(provider: string, issuer: string, subject: string): readonly User[] {
    return this.#users.get(keyOf('subject', provider, issuer, subject)) ?? [];
  }

  byEmail(email: string): readonly User[] {
    return this.#users.get(keyOf('email', comparableEmail(email))) ?? [];
  }

  #add(key: string, user: User): void {
    const known = this.#users.get(key);
    if (known === undefined) this.#users.set(key, [user]);
    else known.push(user);
  }
}

function keysOf({ spec }: User): string[] {
  const stated = (spec.authentication?.identities ?? []).flatMap(
    ({ identityProvider, identifier, issuer, subject }) => [
      keyOf('identifier', identityProvider, identifier),
      ...(issuer === undefined || subject === undefined ? [] : [keyOf('subject', identityProvider, issuer, subject)]),
    ],
  );
  return spec.email === undefined ? stated : [keyOf('email', comparableEmail(spec.email)), ...stated];
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
