import { messageOf } from '../../base/errors.ts';
import type { Conversation, ConversationListener } from '../../gateway/conversation.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { Channel, type ChannelParts } from './channel.ts';
import { loadGrpc } from './library.ts';

export interface ConversationsParts extends ChannelParts {
  /** Conversations at once. */
  readonly most: number;
}

/** The conversations with one server, over one connection that is kept. */
export class Conversations {
  readonly #parts: ConversationsParts;
  #channel: Promise<Channel> | null = null;
  #underWay = 0;
  #isClosed = false;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
  }

  /** Loads what the first conversation would wait for otherwise. */
  prepare(): void {
    // Without the package, each conversation says so.
    loadGrpc().catch(() => {});
  }

  /** Never rejects. */
  async open(method: string, listener: ConversationListener): Promise<Conversation | Refusal> {
    if (this.#underWay >= this.#parts.most) return refuse('upstream-busy', 'limits.requests are under way');
    this.#underWay++;
    try {
      const channel = await this.#open();
      // A connection of a late conversation is for that alone.
      const isLate = this.#isClosed;
      return channel.open(method, listener, () => {
        this.#underWay--;
        if (isLate) channel.close();
      });
    } catch (thrown) {
      this.#underWay--;
      return refuse('upstream-unreachable', messageOf(thrown));
    }
  }

  /** Connections that are made from now on show another certificate. */
  renew(): void {
    void this.#channel?.then(
      (channel) => channel.close(),
      () => {},
    );
    this.#channel = null;
  }

  /** Conversations under way go on to their end. A late one gets a connection of its own. */
  close(): void {
    this.#isClosed = true;
    this.renew();
  }

  #open(): Promise<Channel> {
    if (this.#isClosed) return this.#create();
    this.#channel ??= this.#create();
    return this.#channel;
  }

  async #create(): Promise<Channel> {
    return new Channel(await loadGrpc(), this.#parts);
  }
}
