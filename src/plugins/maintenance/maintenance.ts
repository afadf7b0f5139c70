import { durationMs } from '../../base/duration.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileAnswer } from '../direct/answer.ts';
import type { Maintenance } from './schema.ts';

/** Says that nothing is served for now. No upstream is asked. */
export const plugin: PluginType<Maintenance, PluginDeps> = {
  create: (config, deps) => (config.message === undefined ? page(config, deps) : plainText(config, config.message)),
};

/** A refusal, so that people get a page and programs what their protocol has for it. */
function page({ statusCode, retryAfter }: Maintenance, deps: PluginDeps): Plugin {
  if (statusCode !== undefined) deps.mistake(['statusCode'], 'has no effect without message: the page has 503');
  const seconds = secondsOf(retryAfter);
  return {
    onRequest: () => refuse('maintenance'),
    ...(seconds !== null && {
      onAnswer: ({ refusal }, { headers }) => {
        if (refusal?.reason === 'maintenance') headers.set('retry-after', seconds);
      },
    }),
  };
}

function plainText({ statusCode, retryAfter }: Maintenance, message: string): Plugin {
  const seconds = secondsOf(retryAfter);
  const headers = [
    { key: 'Cache-Control', value: 'no-store' },
    ...(seconds === null ? [] : [{ key: 'Retry-After', value: seconds }]),
  ];
  const body = { inline: message };
  return { onRequest: compileAnswer({ body, headers, ...(statusCode !== undefined && { statusCode }) }, 503) };
}

/** RFC 9110 10.2.3: whole seconds; rather too late than too early. */
function secondsOf(duration: Maintenance['retryAfter']): string | null {
  const ms = duration === undefined ? null : durationMs(duration);
  return ms === null ? null : String(Math.ceil(ms / 1000));
}
