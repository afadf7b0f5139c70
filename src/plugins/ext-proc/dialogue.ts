import type { Conversation, ConversationListener, Converse } from '../../gateway/conversation.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Refusal, refuse } from '../../gateway/outcome.ts';
import { type Reply, readReply } from './reply.ts';

export type Said = Extract<Reply, { kind: 'common' | 'immediate' }>;

export type Heard =
  | Said
  /** The processor wants nothing more of this exchange, as it may say by ending the conversation. */
  | { readonly kind: 'left' }
  | { readonly kind: 'failed'; readonly refusal: Refusal };

export interface DialogueParts {
  readonly converse: Converse;
  /** Milliseconds for each reply. */
  readonly timeout: number;
  /** A processor that is not there is as one that has left. */
  readonly isDispensable: boolean;
  /** What the plugin is called, for the log. */
  readonly plugin: string;
}

const METHOD = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
const CLIENT_GONE = refuse('client-gone');
const LEFT: Heard = { kind: 'left' };

/** What is said about one exchange: one reply to each question, and none without. */
export class Dialogue implements ConversationListener {
  readonly #parts: DialogueParts;
  #conversation: Conversation | null = null;
  #waiting: ((heard: Heard) => void) | null = null;
  #over: Heard | null = null;

  constructor(parts: DialogueParts) {
    this.#parts = parts;
  }

  /** Nothing more is wanted: what would be sent need not be read. */
  get hasLeft(): boolean {
    return this.#over?.kind === 'left';
  }

  /** Never rejects. Given up when the client goes away. */
  async ask(x: Exchange, message: Buffer): Promise<Heard> {
    if (this.#over !== null) return this.#over;
    if (x.aborted) return { kind: 'failed', refusal: CLIENT_GONE };
    const heard = new Promise<Heard>((resolve) => {
      this.#waiting = resolve;
    });
    const timer = setTimeout(() => this.#expire(), this.#parts.timeout);
    const { cancelUpstream } = x;
    x.cancelUpstream = (refusal = CLIENT_GONE) => {
      this.#fail(refusal);
      cancelUpstream?.(refusal);
    };
    void this.#say(x, message);
    try {
      return await heard;
    } finally {
      clearTimeout(timer);
      x.cancelUpstream = cancelUpstream;
    }
  }

  /** All was asked. */
  finish(): void {
    if (this.#over !== null) return;
    this.#over = LEFT;
    this.#conversation?.end();
  }

  /** The exchange is over, whatever was said. */
  cancel(): void {
    if (this.#over !== null) return;
    this.#over = LEFT;
    this.#conversation?.cancel();
  }

  heard(message: Buffer): void {
    if (this.#over !== null) return;
    const reply = this.#waiting === null ? UNASKED : readReply(message);
    // The time of an answer is what the configuration says.
    if (reply.kind === 'later') return;
    if (reply.kind === 'unusable') this.#fail(this.misunderstood(reply.because));
    else this.#tell(reply);
  }

  ended(failure: string | null): void {
    if (this.#over !== null) return;
    if (failure === null) this.#end(LEFT);
    else this.#lose(this.#refusal('processor-unavailable', failure));
  }

  /** What it said breaks the protocol. */
  misunderstood(because: string): Refusal {
    return this.#refusal('plugin-error', because);
  }

  async #say(x: Exchange, message: Buffer): Promise<void> {
    const conversation = this.#conversation ?? (await this.#parts.converse(x, METHOD, this));
    if ('kind' in conversation) {
      this.#lose(this.#refusal('processor-unavailable', conversation.detail ?? conversation.reason));
      return;
    }
    this.#conversation = conversation;
    if (this.#over === null) conversation.say(message);
    else conversation.cancel();
  }

  #expire(): void {
    this.#lose(this.#refusal('processor-timeout', `it did not answer within ${this.#parts.timeout} ms`));
  }

  #lose(refusal: Refusal): void {
    if (!this.#parts.isDispensable) {
      this.#fail(refusal);
      return;
    }
    this.#conversation?.cancel();
    this.#end(LEFT);
  }

  #fail(refusal: Refusal): void {
    if (this.#over !== null) return;
    this.#conversation?.cancel();
    this.#end({ kind: 'failed', refusal });
  }

  #end(heard: Heard): void {
    this.#over ??= heard;
    this.#tell(this.#over);
  }

  #tell(heard: Heard): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.(heard);
  }

  #refusal(reason: Refusal['reason'], detail: string): Refusal {
    return refuse(reason, `${this.#parts.plugin}: ${detail}`);
  }
}

const UNASKED: Reply = { kind: 'unusable', because: 'it said something that nobody asked for' };
