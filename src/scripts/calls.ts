import type { ScriptQuestion, ScriptReply } from '../plugins/script/host.ts';
import type { CallMessage } from './messages.ts';

export interface Call {
  readonly question: ScriptQuestion;
  /** Monotonic milliseconds. */
  readonly came: number;
  readonly settle: (reply: ScriptReply) => void;
}

interface Sent {
  readonly call: Call;
  readonly at: number;
}

/** What a thread had come to when it ended. */
export interface Ended {
  /** The call whose code was running, 0 when none was. */
  readonly current: number;
  /** The last call that was begun. */
  readonly begun: number;
}

/** The calls that a thread has, and those that wait for it. */
export class Calls {
  readonly #sent = new Map<number, Sent>();
  #waiting: Call[] = [];
  #lastId = 0;

  get sent(): number {
    return this.#sent.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(call: Call): void {
    this.#waiting.push(call);
  }

  /** The thread has the next one from now on. */
  send(now: number): CallMessage | null {
    const call = this.#waiting.shift();
    if (call === undefined) return null;
    this.#lastId += 1;
    this.#sent.set(this.#lastId, { call, at: now });
    return { ...call.question, id: this.#lastId };
  }

  /** One that the thread has had. */
  settle(id: number, reply: ScriptReply): void {
    const sent = this.#sent.get(id);
    this.#sent.delete(id);
    sent?.call.settle(reply);
  }

  /**
   * The thread is no more. Whoever ended it is refused, and who was not begun waits again.
   * @returns those that were under way beside it, one of which has ended the thread where nobody can say which
   */
  ended({ current, begun }: Ended, because: string): Call[] {
    const calls = [...this.#sent];
    this.#sent.clear();
    this.#lastId = 0;
    const underWay = calls.filter(([id]) => id <= begun);
    const culprit = underWay.length === 1 ? underWay[0]![0] : current;
    for (const [id, { call }] of underWay) if (id === culprit) call.settle({ kind: 'failed', because });
    this.#waiting.unshift(...calls.filter(([id]) => id > begun).map(([, { call }]) => call));
    return underWay.filter(([id]) => id !== culprit).map(([, { call }]) => call);
  }

  /** Those that wait for longer than `ms`. */
  settleOverdue(now: number, ms: number, reply: ScriptReply): void {
    while (this.#waiting[0] !== undefined && now - this.#waiting[0].came > ms) this.#waiting.shift()!.settle(reply);
  }

  /** Those that were begun longer than `ms` ago, the oldest first. */
  settleLost({ begun }: Ended, now: number, ms: number, reply: ScriptReply): void {
    for (const [id, { at }] of this.#sent) {
      if (id > begun || now - at < ms) return;
      this.settle(id, reply);
    }
  }

  settleWaiting(reply: ScriptReply): void {
    for (const call of this.#waiting.splice(0)) call.settle(reply);
  }

  settleAll(reply: ScriptReply): void {
    for (const id of [...this.#sent.keys()]) this.settle(id, reply);
    this.settleWaiting(reply);
  }
}
