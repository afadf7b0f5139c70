import { hashHandle } from '../../src/base/ids.ts';
import type { StoredHandle } from '../ports.ts';
import type { IdentifiedPrincipal } from '../principal.ts';
import { isAccessToken } from '../tokens/access-token-format.ts';
import type { OAuth2Visit } from './visit.ts';

export interface KnownToken {
  readonly handle: StoredHandle;
  readonly principal: IdentifiedPrincipal;
}

/** What one of our tokens stands for now; `null`: it is none, or is good for nothing any more. */
export async function knownToken({ config, deps }: OAuth2Visit, text: string): Promise<KnownToken | null> {
  if (!isAccessToken(text)) return null;
  const resolution = await deps.resolver.resolve(hashHandle(text), config.directory);
  if (resolution.kind !== 'resolved' || resolution.handle.kind === 'browser') return null;
  const { handle, principal } = resolution;
  // As at a Service: what a program was given is not shown by a person that it has become.
  if (handle.kind === 'access-token' && principal.kind !== 'workload') return null;
  return isUsable(principal) ? { handle, principal } : null;
}

/** Who acts in a session now; `null`: nobody. */
export async function principalOf({ config, deps }: OAuth2Visit, uid: string): Promise<IdentifiedPrincipal | null> {
  const standing = await deps.resolver.again(uid, config.directory);
  return standing.kind === 'resolved' && isUsable(standing.principal) ? standing.principal : null;
}

function isUsable({ session, user }: IdentifiedPrincipal): boolean {
  return session.spec.state === 'ACTIVE' && user.spec.isDisabled !== true;
}
