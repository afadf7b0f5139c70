import type { RequestHead } from '../../gateway/exchange.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { hostList } from './hosts.ts';
import type { ReferrerRules } from './schema.ts';

/** Refuses requests that pages of other sites led to. Programs send whatever they like, so it protects no secret. */
export const plugin: PluginType<ReferrerRules, PluginDeps> = {
  create: ({ allow, deny = [], allowMissing = false }, deps) => {
    if (allow === undefined && deny.length === 0) deps.mistake([], 'one of allow, deny is needed');
    const allowed = allow === undefined ? () => true : hostList(allow);
    const denied = hostList(deny);
    return {
      onRequest: ({ request }) => {
        const found = referrerOf(request);
        if (typeof found !== 'string') {
          return found.isMissing && allowMissing ? null : refuse('referrer-refused', found.because);
        }
        const passes = !denied(found) && (found === request.host || allowed(found));
        return passes ? null : refuse('referrer-refused', `the Referer has the host ${found}`);
      },
    };
  },
};

interface NoReferrer {
  readonly isMissing: boolean;
  readonly because: string;
}

const MISSING: NoReferrer = { isMissing: true, because: 'there is no Referer' };
const UNREADABLE: NoReferrer = { isMissing: false, because: 'the Referer is repeated or no http URL' };

/** The host of the page, in lower case and without the dot at its end. Read as browsers read URLs. */
function referrerOf({ headers }: RequestHead): string | NoReferrer {
  const [value, another] = headers.all('referer');
  if (value === undefined) return MISSING;
  const url = another === undefined ? URL.parse(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return UNREADABLE;
  return url.hostname.replace(/\.$/, '');
}
