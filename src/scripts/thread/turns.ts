import { getHeapStatistics } from 'node:v8';
import { Script } from 'node:vm';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { HookName } from '../../plugins/script/host.ts';
import { type CallMessage, EXHAUSTED, type FromThread, SIGN, type ThreadData, type ToThread } from '../messages.ts';
import { Configs } from './configs.ts';
import { shortMessage } from './failure.ts';
import { frozen } from './frozen.ts';

export type Hook = (subject: object, context: object) => unknown;

/** Milliseconds in which further calls join the ones that are under one watch; to set a watch up takes 0.1 ms. */
const JOINING_MS = 2;
/** Characters of what a hook may give. */
const MOST_GIVEN = 2 * 1024 * 1024;
/** Milliseconds between two looks at what lies outside the heap. */
const LOOK_MS = 50;

/** The script may replace what it finds on the global object, and only hurts itself by it. */
const { now } = Date;
const { stringify } = JSON;
const { setTimeout, clearTimeout, setImmediate } = globalThis;
const exit = process.exit.bind(process);

const ENTRY = '__ostiaryTurn';

/** Calls of hooks, each with its budget: code that does not come back is stopped, and the thread goes on. */
export class Turns {
  readonly #data: ThreadData;
  readonly #hooks: ReadonlyMap<HookName, Hook>;
  readonly #port: MessagePort;
  readonly #configs = new Configs();
  readonly #turn: Script;
  #next: ToThread | undefined;
  #looked = 0;

  constructor(data: ThreadData, hooks: ReadonlyMap<HookName, Hook>, port: MessagePort) {
    this.#data = data;
    this.#hooks = hooks;
    this.#port = port;
    Object.defineProperty(globalThis, ENTRY, { value: () => this.#drain() });
    this.#turn = new Script(`${ENTRY}()`);
  }

  take(message: ToThread): void {
    this.#next = message;
    try {
      this.#turn.runInThisContext({ timeout: this.#data.runMs + JOINING_MS });
    } catch (thrown) {
      this.#stopped(thrown);
    }
    this.#look();
  }

  /** What waits, one after the other, as long as the last one to begin still has all its time. */
  #drain(): void {
    const last = now() + JOINING_MS;
    for (;;) {
      const message = this.#next === undefined ? (receiveMessageOnPort(this.#port)?.message as ToThread) : this.#next;
      this.#next = undefined;
      if (message === undefined) return;
      Atomics.add(this.#data.signs, SIGN.beat, 1);
      if (message !== null) this.#call(message);
      if (now() >= last) return;
    }
  }

  /** Whatever was running when the time was over. */
  #stopped(thrown: unknown): void {
    const { signs, runMs } = this.#data;
    const id = Atomics.load(signs, SIGN.current);
    Atomics.store(signs, SIGN.current, 0);
    const isTime = thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
    if (id === 0 && !isTime) throw thrown;
    if (id !== 0) this.#failed(id, isTime ? `it computed for more than ${runMs} ms` : shortMessage(thrown));
  }

  #call(message: CallMessage): void {
    const { signs } = this.#data;
    const { id } = message;
    Atomics.store(signs, SIGN.begun, id);
    Atomics.store(signs, SIGN.current, id);
    try {
      const given = this.#run(message);
      if (isThenable(given)) this.#await(id, given);
      else this.#given(id, given);
    } catch (thrown) {
      this.#failed(id, shortMessage(thrown));
    }
    Atomics.store(signs, SIGN.current, 0);
  }

  #run({ hook, subject, context, config }: CallMessage): unknown {
    return this.#hooks.get(hook)!(frozen(subject), frozen({ ...context, config: this.#configs.read(config) }));
  }

  #await(id: number, given: PromiseLike<unknown>): void {
    let isOver = false;
    const once = (end: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      Atomics.add(this.#data.signs, SIGN.beat, 1);
      end();
    };
    const late = () => once(() => this.#failed(id, `it gave nothing in ${this.#data.answerMs} ms`));
    // Others may have kept the thread busy: what came in meanwhile is looked at first.
    const timer = setTimeout(() => setImmediate(late), this.#data.answerMs);
    given.then(
      (value) => once(() => this.#given(id, value)),
      (thrown: unknown) => once(() => this.#failed(id, shortMessage(thrown))),
    );
  }

  #given(id: number, value: unknown): void {
    try {
      const json = value === undefined ? null : (stringify(value) ?? null);
      if (json !== null && json.length > MOST_GIVEN) this.#failed(id, `it gave more than ${MOST_GIVEN} characters`);
      else this.#say({ kind: 'given', id, json });
    } catch (thrown) {
      this.#failed(id, shortMessage(thrown));
    }
  }

  #failed(id: number, because: string): void {
    this.#say({ kind: 'failed', id, because });
  }

  #say(message: FromThread): void {
    this.#port.postMessage(message);
  }

  /** Buffers lie outside the heap, where no limit of the runtime counts them. */
  #look(): void {
    const time = now();
    if (time - this.#looked < LOOK_MS) return;
    this.#looked = time;
    if (getHeapStatistics().external_memory > this.#data.mostExternal) exit(EXHAUSTED);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
