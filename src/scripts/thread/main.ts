/** Runs in a thread of its own: loads one script, says what it has, and answers calls. */
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import v8 from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { HOOK_NAMES, type HookName } from '../../plugins/script/host.ts';
import type { FromThread, ThreadData } from '../messages.ts';
import { placeOf, shortMessage } from './failure.ts';
import { serveModules } from './modules.ts';
import { type Hook, Turns } from './turns.ts';

const data: ThreadData = { ...(workerData as ThreadData) };
// The script has no business with it, and finds it empty.
for (const key of Object.keys(workerData)) Reflect.deleteProperty(workerData, key);
const port = parentPort!;
const say = (message: FromThread): void => port.postMessage(message);

tameProcess();
serveModules(data.files);
// What is thrown where no call waits for it is nobody's refusal.
process.on('uncaughtException', (thrown) => console.error(shortMessage(thrown)));

void load();

async function load(): Promise<void> {
  try {
    const hooks = hooksOf((await import(data.main)) as Readonly<Record<string, unknown>>);
    const turns = new Turns(data, hooks, port);
    port.on('message', (message) => turns.take(message));
    say({ kind: 'ready', hooks: [...hooks.keys()] });
  } catch (thrown) {
    say({ kind: 'unloadable', message: shortMessage(thrown), ...placeOf(thrown, data.files) });
  }
}

/**
 * The permission model says nothing of these: signals end the whole gateway, a report shows its environment, flags of
 * V8 and the priority are those of all its threads.
 */
function tameProcess(): void {
  if (process.permission === undefined) throw new Error('this version of Node cannot restrict threads; 26 can');
  takeAway(process, ['kill', '_kill'], 'a script cannot send signals');
  Object.defineProperty(process, 'report', { value: undefined });
  takeAway(process, ['_rawDebug'], 'a script writes to the log by console');
  takeAway(v8, ['setFlagsFromString'], 'a script cannot set flags of the process');
  takeAway(os, ['setPriority'], 'a script cannot set the priority of the process');
  syncBuiltinESMExports();
}

function takeAway(module: object, names: readonly string[], because: string): void {
  const refused = (): never => {
    throw new Error(because);
  };
  for (const name of names) Object.defineProperty(module, name, { value: refused });
}

function hooksOf(module: Readonly<Record<string, unknown>>): ReadonlyMap<HookName, Hook> {
  const unknown = Object.keys(module).find((name) => /^on[A-Z]/.test(name) && !HOOK_NAMES.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`there is no hook "${unknown}"; there are ${HOOK_NAMES.join(' and ')}`);
  const found = HOOK_NAMES.filter((name) => module[name] !== undefined);
  const wrong = found.find((name) => typeof module[name] !== 'function');
  if (wrong !== undefined) throw new Error(`"${wrong}" is not a function`);
  if (found.length === 0) throw new Error(`it exports no hook: neither ${HOOK_NAMES.join(' nor ')}`);
  return new Map(found.map((name) => [name, module[name] as Hook]));
}
