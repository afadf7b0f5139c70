import type { Socket } from 'node:net';
import { RawUpstream, type Seen } from '../../support/raw-upstream.ts';
import type { UpstreamAnswer } from './answers.ts';

export const PLAYED = '/played';

/** How long an upstream that stays may keep a client waiting before it ends after all. */
const PATIENCE = 5;

/** Answers `PLAYED` with the bytes that it was given, and every other request honestly: with its own target. */
export class HostileUpstream implements AsyncDisposable {
  #raw: RawUpstream | null = null;
  #answer: UpstreamAnswer | null = null;
  #played: Promise<void> = Promise.resolve();
  #impatience: NodeJS.Timeout | undefined;

  static async start(): Promise<HostileUpstream> {
    const upstream = new HostileUpstream();
    upstream.#raw = await RawUpstream.start((seen, socket) => upstream.#serve(seen, socket));
    return upstream;
  }

  get url(): string {
    return this.#raw!.url;
  }

  get foul(): readonly string[] {
    return this.#raw!.foul;
  }

  /** What the next request for `PLAYED` is answered with. */
  prepare(answer: UpstreamAnswer): void {
    this.#answer = answer;
    this.#played = Promise.resolve();
  }

  /** The client waits no longer; resolves when everything of the answer is written. */
  async finished(): Promise<void> {
    await this.#played;
    clearTimeout(this.#impatience);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#raw![Symbol.asyncDispose]();
  }

  #serve({ startLine }: Seen, socket: Socket): void {
    const target = startLine.split(' ')[1]!;
    if (target === PLAYED) this.#played = this.#play(this.#answer!, socket);
    else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${target.length}\r\n\r\n${target}`);
  }

  async #play({ pieces, ending }: UpstreamAnswer, socket: Socket): Promise<void> {
    // Otherwise the last piece may wait until the next request acknowledges the one before.
    socket.setNoDelay();
    for (const piece of pieces) {
      if (!socket.writable) return;
      socket.write(piece, 'latin1');
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (ending === 'end') socket.end();
    else if (ending === 'reset') socket.resetAndDestroy();
    else this.#impatience = setTimeout(() => socket.end(), PATIENCE);
  }
}
