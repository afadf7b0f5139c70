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
  const isUsable = principal.session.spec.state === 'ACTIVE' && principal.user.spec.isDisabled !== true;
  return isUsable ? { handle, principal } : null;
}
