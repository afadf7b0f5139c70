import type { Clock } from '../../src/base/clock.ts';
import { hashHandle, newHandle } from '../../src/base/ids.ts';
import type { IdentityStore } from '../ports.ts';
import { CookieSealer } from '../sign-in/cookie-sealer.ts';

export interface TicketsDeps {
  readonly records: IdentityStore['records'];
  readonly clock: Clock;
  /** Shared by all processes. */
  readonly key: Uint8Array;
}

/** What a passkey is asked for. The answer to one question is none to another. */
export type Purpose = 'register' | 'second-factor' | 'sign-in';

interface Ticket {
  readonly challenge: string;
  readonly purpose: Purpose;
  /** Uid of the session that asked; `null` for a sign-in. */
  readonly session: string | null;
  readonly expiresAt: number;
}

/** How long a person may take, in milliseconds. */
const LIFETIME = 5 * 60_000;
const SPACE = 'passkey-challenge';

/**
 * Challenges for passkeys (WebAuthn 13.4.3). The page keeps each one sealed, so that strangers fill no store; it is good
 * once, for what it was asked for, and in the session that asked.
 */
export class Tickets {
  readonly #deps: TicketsDeps;
  readonly #sealer: CookieSealer;

  constructor(deps: TicketsDeps) {
    this.#deps = deps;
    this.#sealer = new CookieSealer(deps.key);
  }

  issue(purpose: Purpose, session: string | null): { readonly challenge: string; readonly ticket: string } {
    const challenge = newHandle();
    const ticket: Ticket = { challenge, purpose, session, expiresAt: this.#deps.clock.now() + LIFETIME };
    return { challenge, ticket: this.#sealer.seal(`ticket-${purpose}`, ticket) };
  }

  /** The challenge, `null` when it is another's, too late or malformed. */
  read(text: string, purpose: Purpose, session: string | null): string | null {
    const ticket = this.#sealer.open<Ticket>(`ticket-${purpose}`, text);
    const fits = ticket !== null && ticket.purpose === purpose && ticket.session === session;
    return fits && this.#deps.clock.now() < ticket.expiresAt ? ticket.challenge : null;
  }

  /** Once what came with it has proved good: `false` when it was used before. */
  async claim(challenge: string): Promise<boolean> {
    const expiresAt = this.#deps.clock.now() + LIFETIME;
    return this.#deps.records.add({ space: SPACE, key: hashHandle(challenge), owner: '', expiresAt, json: 'true' });
  }
}
