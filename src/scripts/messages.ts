import { HOOK_NAMES, type HookName, type ScriptQuestion } from '../plugins/script/host.ts';

/** What a thread is started with. */
export interface ThreadData {
  readonly main: string;
  readonly files: ReadonlyMap<string, string>;
  readonly runMs: number;
  readonly answerMs: number;
  /** Bytes that may lie outside its heap, which the runtime does not limit. */
  readonly mostExternal: number;
  /** Numbers that both sides see, by `SIGN`. */
  readonly signs: Int32Array;
}

export const SIGN = {
  /** The call whose code is running right now, 0 when none is. */
  current: 0,
  /** The last call that was begun. */
  begun: 1,
  /** Changes whenever the thread gets round to something. */
  beat: 2,
} as const;

/** `null` asks for a sign of life. */
export type ToThread = CallMessage | null;

export interface CallMessage extends ScriptQuestion {
  /** Rises from call to call of one thread, from 1. */
  readonly id: number;
}

export type FromThread =
  | { readonly kind: 'ready'; readonly hooks: readonly HookName[] }
  | { readonly kind: 'unloadable'; readonly message: string; readonly file: string | null; readonly line: number }
  /** `json` is `null` when nothing was given. */
  | { readonly kind: 'given'; readonly id: number; readonly json: string | null }
  | { readonly kind: 'failed'; readonly id: number; readonly because: string };

/** Exit code of a thread that ended itself because it held too much outside its heap. */
export const EXHAUSTED = 77;

/** What a thread has sent; `null` for what cannot be from us, because the script can send something too. */
export function readFromThread(message: unknown): FromThread | null {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return null;
  const isMessage = SHAPES[String(message.kind)]?.(message as Readonly<Record<string, unknown>>) ?? false;
  return isMessage ? (message as FromThread) : null;
}

type Shape = (message: Readonly<Record<string, unknown>>) => boolean;

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

const SHAPES: Readonly<Record<string, Shape | undefined>> = Object.assign(Object.create(null), {
  ready: ({ hooks }) => Array.isArray(hooks) && hooks.every((hook) => HOOK_NAMES.includes(hook)),
  unloadable: ({ message, file, line }) => isText(message) && isTextOrNull(file) && Number.isSafeInteger(line),
  given: ({ id, json }) => Number.isSafeInteger(id) && isTextOrNull(json),
  failed: ({ id, because }) => Number.isSafeInteger(id) && isText(because),
} satisfies Record<FromThread['kind'], Shape>);
