import { AppError } from '../../base/errors.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { PluginType, RequestHook } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { addPrefix, removePrefix } from './prefix.ts';
import type { PathRewrite } from './schema.ts';

/** Takes a prefix off the path, then puts another one in front. The query stays as it is. */
export const plugin: PluginType<PathRewrite, PluginDeps> = {
  create: (config, deps) => {
    const removed = prefixOf(config.removePrefix, deps);
    const added = prefixOf(config.addPrefix, deps);
    return removed === '' && added === '' ? {} : { onAuthorized: rewrite(removed, added, deps) };
  },
};

/**
 * The path that was decided about is canonical, and whole segments come off it, so the result should be canonical
 * too. It is checked all the same: here is where an access rule was got round before (CVE-2026-48020).
 */
function rewrite(removed: string, added: string, { canonicalPath }: PluginDeps): RequestHook {
  return (x) => {
    const outgoing = x.outgoing!;
    const rewritten = addPrefix(added, removePrefix(removed, outgoing.path));
    if (canonicalPath(rewritten) !== rewritten) {
      return refuse('rewrite-refused', 'the rewritten path is not canonical');
    }
    outgoing.path = rewritten;
    return null;
  };
}

/** The prefix in the spelling that canonical paths have, without a slash at its end; empty when it does nothing. */
function prefixOf(text: string | undefined, { canonicalPath }: PluginDeps): string {
  if (text === undefined || text === '') return '';
  const canonical = canonicalPath(text.startsWith('/') ? text : `/${text}`);
  if (canonical === null) throw new AppError('invalid', `"${text}" is not a path`);
  return canonical.endsWith('/') ? canonical.slice(0, -1) : canonical;
}
