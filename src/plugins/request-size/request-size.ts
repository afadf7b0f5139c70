import type { Body } from '../../gateway/body.ts';
import { LimitedBody } from '../../gateway/limited-body.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import type { RequestSize } from './schema.ts';

/** Refuses bodies above a size; one of unknown length is cut off where it becomes too large. */
export const plugin: PluginType<RequestSize, PluginDeps> = {
  create: ({ maxBytes }) => ({
    onRequest: (x) => {
      // What flows in a tunnel comes after the answer, and is no body.
      if (x.request.upgrade !== null) return null;
      // Once there is an outgoing request, its body is the one that is read.
      const holder: { body: Body | null } = x.outgoing ?? x;
      if (holder.body === null) return null;
      // A stated length is what comes: the protocols see to that.
      if (holder.body.length !== null) return holder.body.length > maxBytes ? refuse('body-too-large') : null;
      holder.body = new LimitedBody(holder.body, maxBytes);
      return null;
    },
  }),
};
