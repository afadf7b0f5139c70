import { messageOf } from '../base/errors.ts';
import type { HookName } from '../plugins/script/host.ts';
import type { FromThread } from './messages.ts';
import { Thread } from './thread.ts';
import type { ScriptSource } from './version.ts';

/** Milliseconds that a script may take to load. */
export const LOAD_MS = 10_000;

export type Trial =
  | { readonly kind: 'works'; readonly hooks: readonly HookName[] }
  | { readonly kind: 'fails'; readonly message: string; readonly file: string | null; readonly line: number };

/** Loads a script in a thread that nobody uses, to see whether it can be. Never rejects. */
export async function tryOut(source: ScriptSource): Promise<Trial> {
  const { promise, resolve } = Promise.withResolvers<Trial>();
  const fails = (message: string) => resolve({ kind: 'fails', message, file: null, line: 1 });
  const ended = (because: string) => fails(`${because} before it had loaded`);
  const deadline = setTimeout(() => fails(`it did not load in ${LOAD_MS / 1000} s`), LOAD_MS);
  const heard = (message: FromThread) => {
    const trial = trialOf(message);
    if (trial !== null) resolve(trial);
  };
  try {
    const thread = new Thread({ source, listener: { heard, ended }, printed: () => {} });
    const trial = await promise;
    thread.end('it was tried out');
    return trial;
  } catch (thrown) {
    return { kind: 'fails', message: messageOf(thrown), file: null, line: 1 };
  } finally {
    clearTimeout(deadline);
  }
}

function trialOf(message: FromThread): Trial | null {
  if (message.kind === 'ready') return { kind: 'works', hooks: message.hooks };
  if (message.kind === 'unloadable') return { ...message, kind: 'fails' };
  return null;
}
