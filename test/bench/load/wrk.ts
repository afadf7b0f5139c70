import { join } from 'node:path';
import { outputOf } from '../processes.ts';
import type { Load, LoadResult } from './load.ts';

const SCRIPT = join(import.meta.dirname, 'wrk-report.lua');

/** It counts whole seconds. */
export function wrk(program: string): Load {
  return {
    name: 'wrk',
    run: async ({ port, path, headers }, connections, seconds) => {
      const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${spelled(name)}: ${value}`]);
      const url = `http://127.0.0.1:${port}${path}`;
      const shape = ['-t1', `-c${connections}`, `-d${Math.ceil(seconds)}s`, '--timeout', '10s'];
      const printed = await outputOf(program, [...shape, ...fields, '-s', SCRIPT, url]);
      return JSON.parse(printed.trim().split('\n').at(-1)!) as LoadResult;
    },
  };
}

/** wrk knows the field that it would add by itself in this spelling only. */
function spelled(name: string): string {
  return name === 'host' ? 'Host' : name;
}
