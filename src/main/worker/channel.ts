import { AppError, type ErrorCode, messageOf } from '../../base/errors.ts';

/** Functions of another process: each takes one value and gives one. */
export type Remote<T> = { readonly [K in keyof T]: (value: never) => unknown };

/** The pipe between two processes, on either side. */
export interface Pipe {
  send(message: object, failed: (error: Error | null) => void): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

type Argument<F> = F extends (value: infer A) => unknown ? A : never;
type Result<F> = F extends (...values: never[]) => infer R ? Awaited<R> : never;

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly value: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(error: AppError): void;
}

/** Calls of functions between two processes of the gateway. Values travel as structured clones. */
export class Channel<Theirs extends Remote<Theirs>> {
  readonly #pipe: Pipe;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #closed = false;

  constructor(pipe: Pipe, ours: object) {
    this.#pipe = pipe;
    const functions = new Map<string, unknown>(Object.entries(ours));
    pipe.on('message', (message) => this.#received(message as Message, functions));
    pipe.on('disconnect', () => this.#gone());
  }

  /** Rejects with `unavailable` when the other process ends before it answers, else with what it threw. */
  call<K extends keyof Theirs & string>(name: K, value: Argument<Theirs[K]>): Promise<Result<Theirs[K]>> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(gone());
        return;
      }
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#send({ kind: 'call', id, name, value });
    });
  }

  #received(message: Message, functions: ReadonlyMap<string, unknown>): void {
    if (message.kind === 'call') {
      void this.#answer(message.id, functions.get(message.name), message.value);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(message.value);
    else waiting?.reject(new AppError(message.code, message.message));
  }

  async #answer(id: number, ours: unknown, given: unknown): Promise<void> {
    try {
      const value = await (ours as (value: unknown) => unknown)(given);
      this.#send({ kind: 'answer', id, value });
    } catch (thrown) {
      const code = thrown instanceof AppError ? thrown.code : 'internal';
      this.#send({ kind: 'error', id, code, message: messageOf(thrown) });
    }
  }

  /** A process that is gone gets nothing; `disconnect` tells whoever waits for it. */
  #send(message: Message): void {
    if (!this.#closed) this.#pipe.send(message, () => {});
  }

  #gone(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

function gone(): AppError {
  return new AppError('unavailable', 'the other process of the gateway is gone');
}
