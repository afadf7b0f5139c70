import type { Device, Group, Session, User } from '../src/model/index.ts';

/** Who acts in a request, after identification. The anonymous principal has neither user nor session. */
export type Principal = IdentifiedPrincipal | AnonymousPrincipal;

export interface IdentifiedPrincipal {
  readonly kind: 'human' | 'workload';
  readonly user: User;
  /** The Groups of the user that exist, in the order of `user.spec.groups`. */
  readonly groups: readonly Group[];
  readonly session: Session;
  readonly device: Device | null;
}

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
  readonly user: null;
  readonly groups: readonly [];
  readonly session: null;
  readonly device: null;
}

export const ANONYMOUS: AnonymousPrincipal = {
  kind: 'anonymous',
  user: null,
  groups: [],
  session: null,
  device: null,
};
