import { join } from 'node:path';
import { outputOf } from '../processes.ts';
import type { Load, LoadResult } from './load.ts';

const PROCESS = join(import.meta.dirname, 'own-process.ts');

/** Where wrk is not installed: a process of our own. */
export const ownLoad: Load = {
  name: 'own',
  run: async ({ port, path, headers }, connections, seconds) => {
    const order = JSON.stringify({ port, path, headers, connections, seconds });
    return JSON.parse(await outputOf(process.execPath, [PROCESS, order])) as LoadResult;
  },
};
