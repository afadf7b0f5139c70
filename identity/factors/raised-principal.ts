import type { IdentifiedPrincipal, Principal } from '../principal.ts';
import { raisedBy } from './step-up.ts';

/** What could be shown at best: whoever demands a passkey is asked for it too. */
const SHOWN = { type: 'FIDO', name: null } as const;

/** Principals live for about a second, so what is raised of them is at most as old. */
const known = new WeakMap<IdentifiedPrincipal, IdentifiedPrincipal>();

/**
 * Who a person would be after a second factor: to ask whether it helps. `null` for programs, which have none, and for
 * nobody.
 *
 * @param time milliseconds since 1970
 */
export function raisedPrincipal(principal: Principal, time: number): IdentifiedPrincipal | null {
  if (principal.kind !== 'human' || !principal.session.status.isBrowser) return null;
  const before = known.get(principal);
  if (before !== undefined) return before;
  const raised = { ...principal, session: raisedBy(principal.session, SHOWN, time) };
  known.set(principal, raised);
  return raised;
}
