import { hash } from 'node:crypto';
import type { Principal } from '../../../identity/principal.ts';

const ANONYMOUS = 'anonymous';

const known = new WeakMap<Principal, string>();

/**
 * Everything that an upstream may be told about who acts, in few characters: whoever joins a Group or shows a second
 * factor is another one from then on.
 */
export function identityOf(principal: Principal | null): string {
  if (principal === null || principal.kind === 'anonymous') return ANONYMOUS;
  const before = known.get(principal);
  if (before !== undefined) return before;
  const { user, session, groups, device } = principal;
  const told = [
    session.metadata.uid,
    session.spec,
    session.status,
    user.metadata,
    user.spec,
    groups.map(({ metadata, spec }) => [metadata, spec]),
    device?.metadata ?? null,
  ];
  const identity = hash('sha256', JSON.stringify(told), 'base64url');
  known.set(principal, identity);
  return identity;
}
