import type { Exchange } from './exchange.ts';
import type { Refusal } from './outcome.ts';

/** A gRPC call in which both sides send messages. After `cancel`, or once it has ended, nothing is told any more. */
export interface Conversation {
  say(message: Buffer): void;
  /** Nothing more will be said; the other side is expected to end it. */
  end(): void;
  /** Ends it at once. */
  cancel(): void;
}

export interface ConversationListener {
  heard(message: Buffer): void;
  /** Told once. `null`: the other side ended it with the status OK. */
  ended(failure: string | null): void;
}

/** Opens a conversation about an exchange, which says with which generation of Secrets. Never rejects. */
export type Converse = (x: Exchange, method: string, listener: ConversationListener) => Promise<Conversation | Refusal>;
