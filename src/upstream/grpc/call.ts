import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import type { Conversation, ConversationListener } from '../../gateway/conversation.ts';

/** Milliseconds for the other side to end what has been said to its end. */
const LAST_MOMENT = 1_000;
const OK = 0;

/** A conversation as a call of the library. */
export class GrpcCall implements Conversation {
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #over: () => void;
  #listener: ConversationListener | null;
  #lastMoment: NodeJS.Timeout | undefined;

  constructor(stream: ClientDuplexStream<Buffer, Buffer>, listener: ConversationListener, over: () => void) {
    this.#stream = stream;
    this.#listener = listener;
    this.#over = over;
    stream.on('data', (message: Buffer) => this.#listener?.heard(message));
    // The status says the same, and comes when nothing was wrong too.
    stream.on('error', () => {});
    stream.on('status', (status: StatusObject) => this.#ended(status));
  }

  say(message: Buffer): void {
    this.#stream.write(message);
  }

  end(): void {
    this.#stream.end();
    this.#lastMoment = setTimeout(() => this.#stream.cancel(), LAST_MOMENT).unref();
  }

  cancel(): void {
    this.#listener = null;
    this.#stream.cancel();
  }

  #ended({ code, details }: StatusObject): void {
    clearTimeout(this.#lastMoment);
    this.#over();
    this.#listener?.ended(code === OK ? null : `grpc-status ${code}: ${details}`);
    this.#listener = null;
  }
}
