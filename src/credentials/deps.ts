import type { Clock } from '../base/clock.ts';
import type { Slot } from '../gateway/slot.ts';
import type { AssertionDeps } from './identity-assertion.ts';
import type { TokenStore } from './tokens/token-store.ts';

/** What credentials of all configs share. */
export interface CredentialSupply {
  readonly clock: Clock;
  readonly tokens: TokenStore;
  readonly assertions: Omit<AssertionDeps, 'audience'>;
}

/** The same with what is known of the config. */
export interface CredentialDeps extends CredentialSupply {
  readonly slot: <T>() => Slot<T>;
  readonly isGrpc: boolean;
  readonly isAnonymous: boolean;
  /** Every way to the upstream is TLS. */
  readonly isSecure: boolean;
}
