import type { CredentialDeps } from '../../../src/credentials/deps.ts';
import type { PostForm } from '../../../src/credentials/tokens/token-endpoint.ts';
import { TokenStore } from '../../../src/credentials/tokens/token-store.ts';
import { SlotTable } from '../../../src/gateway/slot.ts';
import { TestClock } from '../../support/test-clock.ts';

interface Surroundings {
  readonly clock?: TestClock;
  readonly post?: PostForm;
  readonly isGrpc?: boolean;
  readonly isAnonymous?: boolean;
  readonly isSecure?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

const NOBODY: PostForm = () => Promise.reject(new Error('nobody answers'));

/** What credentials are made with; the upstream is reached by TLS, and the Service asks who comes, unless it says. */
export function credentialDeps(change: Surroundings = {}): CredentialDeps {
  const { isGrpc = false, isAnonymous = false, isSecure = true, post = NOBODY } = change;
  const clock = change.clock ?? new TestClock();
  if (change.now !== undefined) clock.step(change.now - clock.now());
  const slots = new SlotTable();
  return {
    clock,
    tokens: new TokenStore(post, clock),
    assertions: { keys: { current: () => null }, clock, issuer: 'https://gate.example' },
    slot: () => slots.slot(),
    isGrpc,
    isAnonymous,
    isSecure,
  };
}
