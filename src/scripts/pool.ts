import type { Script, ScriptQuestion, ScriptReply } from '../plugins/script/host.ts';
import type { Call } from './calls.ts';
import { Lane } from './lane.ts';
import { PrintedLines } from './printed-lines.ts';
import type { ScriptVersion } from './version.ts';

/** Calls that one thread has at once; those that wait for something outside take no time of it. */
const MOST_AT_ONCE = 128;
/** Calls that a script has or that wait for it, of all its threads. */
const MOST_CALLS = 1_000;
/** Milliseconds after which a thread ends that is not needed any more. */
const IDLE_MS = 1_000;
/** Threads for calls of which one has ended a thread. */
const ALONE = 4;
/** Milliseconds that a call may wait for a thread, and one that has lost its own. */
const WAIT_MS = 5_000;
const ALONE_WAIT_MS = 30_000;

const FULL: ScriptReply = { kind: 'busy', because: `${MOST_CALLS} calls are under way` };

/** The threads of one version of a script. They start when they are needed, also after it has been replaced. */
export class ScriptPool implements Script {
  readonly name: string;
  readonly version: string;
  readonly hooks: Script['hooks'];
  readonly schema: Script['schema'];
  readonly body: Script['body'];
  readonly maxBodySize: number;
  readonly showsCredentials: boolean;
  readonly #lanes: readonly Lane[];
  /** Each has one call at a time, so that it is told which one ends a thread. */
  readonly #alone: readonly Lane[];

  constructor({ settings, hooks, ...source }: ScriptVersion, warn: (message: string) => void) {
    this.name = settings.name;
    this.version = settings.version;
    this.hooks = hooks;
    this.schema = settings.schema;
    this.body = settings.body;
    this.maxBodySize = settings.maxBodySize;
    this.showsCredentials = settings.showsCredentials;
    const printed = new PrintedLines((line) => warn(`script ${settings.name}: ${line}`));
    const orphaned = (calls: readonly Call[]) => {
      for (const call of calls) freest(this.#alone).submit(call);
    };
    const parts = { source: { settings, ...source }, orphaned, printed: (chunk: string) => printed.take(chunk) };
    const many = { ...parts, most: MOST_AT_ONCE, idleMs: null, waitMs: WAIT_MS };
    const one = { ...parts, most: 1, idleMs: IDLE_MS, waitMs: ALONE_WAIT_MS };
    this.#lanes = Array.from({ length: settings.threads }, () => new Lane(many));
    this.#alone = Array.from({ length: ALONE }, () => new Lane(one));
  }

  call(question: ScriptQuestion): Promise<ScriptReply> {
    return new Promise((settle) => {
      const call: Call = { question, came: performance.now(), settle };
      if (this.#load >= MOST_CALLS) settle(FULL);
      else freest(this.#lanes).submit(call);
    });
  }

  start(): void {
    for (const lane of this.#lanes) lane.start();
  }

  /** Its threads end as soon as the requests that still need it are through. */
  retire(): void {
    for (const lane of this.#lanes) lane.retire(IDLE_MS);
  }

  close(): void {
    for (const lane of [...this.#lanes, ...this.#alone]) lane.close();
  }

  get #load(): number {
    return [...this.#lanes, ...this.#alone].reduce((sum, { load }) => sum + load, 0);
  }
}

function freest(lanes: readonly Lane[]): Lane {
  return lanes.reduce((best, lane) => (lane.load < best.load ? lane : best));
}
