import type { Socket } from 'node:net';
import type { Seen } from '../../../support/raw-upstream.ts';
import type { AnswerCase } from './case.ts';

export const PLAYED = '/played';

/** Plays the answer of a case to whoever asks for `PLAYED`; every other request is answered with its own target. */
export class Stage {
  #case: AnswerCase | null = null;
  /** Everything of the answer is out, and had time to arrive before whatever is sent now. */
  #over: Promise<void> = Promise.resolve();

  set(next: AnswerCase): void {
    this.#case = next;
    this.#over = Promise.resolve();
  }

  get over(): Promise<void> {
    return this.#over;
  }

  readonly answer = ({ startLine }: Seen, socket: Socket): void => {
    const target = startLine.split(' ')[1]!;
    if (target === PLAYED) this.#over = play(this.#case!, socket);
    else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${target.length}\r\n\r\n${target}`);
  };
}

async function play({ answer, ending = 'end' }: AnswerCase, socket: Socket): Promise<void> {
  if (ending === 'end') {
    socket.end(answer, 'latin1');
    return;
  }
  await new Promise<unknown>((resolve) => socket.write(answer, 'latin1', resolve));
  if (ending === 'reset') socket.resetAndDestroy();
}
