import type { HeaderList } from '../../base/header-list.ts';
import { type Body, BufferedBody } from '../../gateway/body.ts';
import { PassingBody } from '../../gateway/passing-body.ts';

/** Bytes of a body that is shown; larger ones are not. */
export const LARGEST_SHOWN = 32 * 1024;

/** What copies may take, over all requests of the process together. */
export class Room {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

const ROOM = new Room(64 * 1024 * 1024);

/** The bytes of a body as they passed; whoever makes one ends it with `take`, which gives its room back. */
export class BodyCopy {
  readonly #room: Room;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #isWhole = false;
  #isGivenUp = false;

  constructor(room = ROOM) {
    this.#room = room;
  }

  add(chunk: Uint8Array): void {
    if (this.#isGivenUp) return;
    const fits = this.#size + chunk.byteLength <= LARGEST_SHOWN && this.#room.take(chunk.byteLength);
    if (!fits) {
      this.giveUp();
      return;
    }
    this.#size += chunk.byteLength;
    this.#chunks.push(Buffer.from(chunk));
  }

  complete(): void {
    this.#isWhole = true;
  }

  giveUp(): void {
    this.#room.giveBack(this.#size);
    this.#chunks = [];
    this.#size = 0;
    this.#isGivenUp = true;
  }

  /** `null` unless all of it passed, and was small enough. Called once. */
  take(): Buffer | null {
    const bytes = this.#isWhole && !this.#isGivenUp ? Buffer.concat(this.#chunks) : null;
    this.giveUp();
    return bytes;
  }
}

/** The same body, and its copy; one that says that it is too large is left alone. */
export function copied(body: Body): { readonly body: Body; readonly copy: BodyCopy } | null {
  if (body.length !== null && body.length > LARGEST_SHOWN) return null;
  const copy = new BodyCopy();
  if (!(body instanceof BufferedBody)) return { body: new CopiedBody(body, copy), copy };
  copy.add(body.bytes);
  copy.complete();
  return { body, copy };
}

class CopiedBody extends PassingBody {
  readonly #copy: BodyCopy;

  constructor(body: Body, copy: BodyCopy) {
    super(body);
    this.#copy = copy;
  }

  override get length(): number | null {
    return this.behind.length;
  }

  override write(chunk: Uint8Array): boolean {
    this.#copy.add(chunk);
    return this.sink!.write(chunk);
  }

  override end(trailers: HeaderList | null): void {
    this.#copy.complete();
    this.sink!.end(trailers);
  }

  override fail(error: Error): void {
    this.#copy.giveUp();
    this.sink!.fail(error);
  }
}
