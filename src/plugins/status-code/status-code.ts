import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import type { StatusChanges } from './schema.ts';

/** What they say about the body, or about the request, would not be true of another answer (RFC 9110 15). */
const BOUND: ReadonlySet<number> = new Set([204, 205, 206, 304, 401, 407]);

/** Gives answers another status. Headers and body stay as they are. */
export const plugin: PluginType<StatusChanges, PluginDeps> = {
  create: ({ changes }, { mode, mistake }) => {
    if (mode === 'GRPC') mistake([], 'answers of gRPC have the status 200, and one of their own', 'remove it');
    for (const [i, change] of changes.entries()) {
      const isSecond = changes.findIndex(({ from }) => from === change.from) < i;
      if (isSecond) mistake(['changes', i, 'from'], `${change.from} becomes something already`, 'keep one of them');
      for (const key of ['from', 'to'] as const) {
        if (BOUND.has(change[key])) mistake(['changes', i, key], `${change[key]} means more than a number`);
      }
    }
    const statuses = new Map(changes.map(({ from, to }) => [from, to]));
    return {
      onResponse: (x) => {
        const response = x.response!;
        response.status = statuses.get(response.status) ?? response.status;
      },
    };
  },
};
