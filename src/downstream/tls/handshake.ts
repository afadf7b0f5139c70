import type { Socket } from 'node:net';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import type { TlsMaterial } from './contexts.ts';
import type { Secured } from './server.ts';

export interface HandshakeParts {
  readonly socket: Socket;
  readonly peerAddress: string;
  readonly material: TlsMaterial;
  readonly secured: Secured;
}

/** A TLS handshake that is under way. */
export class Handshake implements Expiring {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  readonly parts: HandshakeParts;
  readonly #tooLate: () => void;

  constructor(parts: HandshakeParts, timeout: number, tooLate: () => void) {
    this.parts = parts;
    this.deadline = performance.now() + timeout;
    this.#tooLate = tooLate;
  }

  expired(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#tooLate();
    this.parts.socket.destroy();
  }
}
