import { messageOf } from '../base/errors.ts';
import type { ScriptReply } from '../plugins/script/host.ts';
import { type Call, Calls } from './calls.ts';
import type { FromThread } from './messages.ts';
import { Pause } from './pause.ts';
import { Thread } from './thread.ts';
import { LOAD_MS } from './try-out.ts';
import type { ScriptSource } from './version.ts';

export interface LaneParts {
  readonly source: ScriptSource;
  /** Calls that the thread has at once. */
  readonly most: number;
  /** Milliseconds after which a thread without calls ends; `null`: it stays. */
  readonly idleMs: number | null;
  /** Milliseconds that a call may wait for a thread. */
  readonly waitMs: number;
  readonly printed: (chunk: string) => void;
  /** Given the calls that were under way when the thread ended, one of which may have ended it. */
  readonly orphaned: (calls: readonly Call[]) => void;
}

/** Milliseconds between two looks at a thread with calls. */
const LOOK_MS = 100;
/** Milliseconds beyond its budget after which a thread is taken to hang. */
const HANG_MARGIN_MS = 250;
/** Milliseconds beyond its budget after which a call is not answered any more. */
const LOST_MS = 5_000;
/** Milliseconds that ending a thread may take; a call into the system cannot be cut short. */
const END_MS = 500;

/** One thread after another, and the calls that it has or that wait for it. */
export class Lane {
  readonly #parts: LaneParts;
  #idleMs: number | null;
  #thread: Thread | null = null;
  #isReady = false;
  #isClosed = false;
  readonly #calls = new Calls();
  readonly #pause = new Pause();
  /** Monotonic milliseconds. */
  #started = 0;
  #used = 0;
  #alive = 0;
  #ending = 0;
  #beat = 0;
  #timer: NodeJS.Timeout | null = null;
  #restart: NodeJS.Timeout | null = null;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#idleMs = parts.idleMs;
  }

  get load(): number {
    return this.#calls.sent + this.#calls.waiting;
  }

  submit(call: Call): void {
    const refusal = this.#isClosed ? STOPPING : this.#pause.refusal(performance.now());
    if (refusal !== null) {
      call.settle(refusal);
      return;
    }
    this.#calls.add(call);
    this.#used = performance.now();
    this.start();
    this.#pump();
  }

  /** Has a thread ready before the first call comes. */
  start(): void {
    if (this.#isClosed) return;
    this.#watch();
    if (this.#thread !== null || this.#restart !== null) return;
    const delay = this.#pause.left(performance.now());
    if (delay <= 0) this.#spawn();
    else this.#restart = setTimeout(() => this.#spawn(), delay).unref();
  }

  /** From now on the thread ends when it has nothing to do. */
  retire(idleMs: number): void {
    this.#idleMs = idleMs;
    this.#watch();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer ?? undefined);
    clearTimeout(this.#restart ?? undefined);
    this.#thread?.end('the gateway stops');
    this.#thread = null;
    this.#calls.settleAll(STOPPING);
  }

  #spawn(): void {
    this.#restart = null;
    this.#started = performance.now();
    this.#used = this.#started;
    this.#isReady = false;
    this.#ending = 0;
    this.#beat = 0;
    const { source, printed } = this.#parts;
    try {
      const thread: Thread = new Thread({
        source,
        printed,
        listener: {
          heard: (message) => this.#thread === thread && this.#heard(message, thread),
          ended: (because) => this.#thread === thread && this.#over(thread, because),
        },
      });
      this.#thread = thread;
    } catch (thrown) {
      this.#unloadable(messageOf(thrown));
    }
  }

  #heard(message: FromThread, thread: Thread): void {
    if (message.kind === 'ready') {
      this.#isReady = true;
      this.#pump();
    } else if (message.kind === 'unloadable') {
      thread.end(message.message);
    } else {
      this.#calls.settle(message.id, replyOf(message));
      this.#pump();
    }
  }

  #pump(): void {
    if (!this.#isReady || this.#thread === null || this.#ending !== 0) return;
    const now = performance.now();
    if (this.#calls.sent === 0) this.#alive = now;
    while (this.#calls.sent < this.#parts.most) {
      const message = this.#calls.send(now);
      if (message === null) return;
      this.#thread.post(message);
    }
  }

  #over(thread: Thread, because: string): void {
    this.#thread = null;
    const now = performance.now();
    if (!this.#isReady) {
      this.#unloadable(because);
      return;
    }
    if (this.#ending === 0 || this.#calls.sent > 0) {
      this.#pause.died(now - this.#started, now);
      this.#parts.printed(`a thread has ended: ${because}\n`);
    }
    const orphans = this.#calls.ended(thread, because);
    if (orphans.length > 0) this.#parts.orphaned(orphans);
    if (this.#calls.waiting > 0 || this.#idleMs === null) this.start();
  }

  #unloadable(because: string): void {
    this.#pause.unloadable(because, performance.now());
    this.#calls.settleWaiting({ kind: 'failed', because: `it does not load: ${because}` });
    if (this.#idleMs === null) this.start();
  }

  #watch(): void {
    if (this.#timer === null && !this.#isClosed) this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  #look(): void {
    const now = performance.now();
    this.#calls.settleOverdue(now, this.#parts.waitMs, CROWDED);
    const thread = this.#thread;
    if (thread === null) {
      if (this.#calls.waiting === 0 && this.#restart === null) this.#rest();
      return;
    }
    if (this.#ending !== 0) this.#giveUpOn(thread, now);
    else if (!this.#isReady) this.#lookAtStart(thread, now);
    else if (this.#calls.sent > 0) this.#lookAtCalls(thread, now);
    else if (this.#idleMs !== null && now - this.#used > this.#idleMs) this.#end(thread, 'it had nothing to do', now);
    else if (this.#idleMs === null) this.#rest();
  }

  /** Until there are calls again. */
  #rest(): void {
    clearInterval(this.#timer ?? undefined);
    this.#timer = null;
  }

  #lookAtStart(thread: Thread, now: number): void {
    if (now - this.#started > LOAD_MS) this.#end(thread, `it did not load in ${LOAD_MS / 1000} s`, now);
  }

  #lookAtCalls(thread: Thread, now: number): void {
    this.#used = now;
    const { beat } = thread;
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#alive = now;
      this.#calls.settleLost(thread, now, this.#parts.source.settings.answerMs + LOST_MS, LOST);
    }
    thread.ping();
    const { runMs, answerMs } = this.#parts.source.settings;
    const patience = Math.max(runMs, answerMs);
    if (now - this.#alive > patience + HANG_MARGIN_MS) this.#end(thread, `it did not come back in ${patience} ms`, now);
  }

  #end(thread: Thread, because: string, now: number): void {
    this.#ending = now;
    thread.end(because);
  }

  #giveUpOn(thread: Thread, now: number): void {
    if (now - this.#ending > END_MS) this.#over(thread, 'its thread hangs in a call into the system');
  }
}

function replyOf(message: Extract<FromThread, { readonly id: number }>): ScriptReply {
  if (message.kind === 'failed') return message;
  return { kind: 'given', value: message.json === null ? undefined : readJson(message.json) };
}

/** Texts of the thread are JSON, unless the script has got at its port. */
function readJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const STOPPING: ScriptReply = { kind: 'busy', because: 'the gateway stops' };
/** It was cut off before it could be told apart from others. */
const LOST: ScriptReply = { kind: 'failed', because: 'it was cut off' };
const CROWDED: ScriptReply = { kind: 'busy', because: 'no thread was free for too long' };
