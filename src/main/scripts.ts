import { statSync } from 'node:fs';
import { AppError, fileProblem } from '../base/errors.ts';
import { type HostParts, ScriptHost } from '../scripts/host.ts';
import { ScriptShelf } from '../scripts/shelf.ts';
import type { InstallConfig } from './install.ts';

/** The scripts of this process; they end with `stack`. */
export function openScripts(parts: HostParts, stack: AsyncDisposableStack): ScriptHost {
  const host = new ScriptHost(parts);
  stack.defer(() => host.close());
  return host;
}

/** Those of some directories as they are now, for who only judges configurations. */
export async function readScripts(directories: readonly string[]): Promise<ScriptHost> {
  const host = new ScriptHost({ isServing: false, warn: () => {} });
  host.replace(await new ScriptShelf(directories).look());
  return host;
}

/** The directories that scripts come from, for the process that judges configurations. */
export interface ScriptFolders {
  /** Reads them, and has what they hold in its host afterwards. Never rejects. */
  look(): Promise<void>;
  /** Calls `changed` after files changed and came to rest. */
  watch(changed: () => void): void;
}

/** @throws AppError `invalid` when one of them is no directory; what becomes of it later is told and refused. */
export function openScriptFolders(
  { plugins }: Pick<InstallConfig, 'plugins'>,
  host: ScriptHost,
  stack: AsyncDisposableStack,
): ScriptFolders {
  for (const directory of plugins) checkDirectory(directory);
  const shelf = new ScriptShelf(plugins);
  stack.defer(() => shelf.close());
  return {
    look: async () => host.replace(await shelf.look()),
    watch: (changed) => shelf.watch(changed),
  };
}

function checkDirectory(path: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (cause) {
    throw new AppError('invalid', `plugins: ${path}: ${fileProblem(cause)}`, { cause });
  }
  if (!isDirectory) throw new AppError('invalid', `plugins: ${path}: it is no directory`);
}
