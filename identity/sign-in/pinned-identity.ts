import type { IdentityProvider, User } from '../../src/model/index.ts';
import { type ProviderIdentity, statesIdentity } from '../directory/match-user.ts';
import type { RecordStore } from '../ports.ts';

/** Which account a login was when it first signed somebody in. */
const SPACE = 'pinned-identity';
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/**
 * Whether this is still the account that the User was found by. Where logins can be given up and taken by somebody
 * else, the first account that signs in with one keeps it here; a User who states the account itself needs no such
 * memory.
 */
export async function isSameAccount(
  records: RecordStore,
  { metadata }: IdentityProvider,
  { identifier, stableIdentifier }: ProviderIdentity,
  user: User,
): Promise<boolean> {
  if (stableIdentifier === undefined || !statesIdentity(user, metadata.name, identifier)) return true;
  const key = JSON.stringify([metadata.name, identifier]);
  const json = JSON.stringify(stableIdentifier);
  if (await records.add({ space: SPACE, key, owner: user.metadata.name, expiresAt: FOR_EVER, json })) return true;
  return (await records.get(SPACE, key))?.json === json;
}
