import { AppError } from '../../base/errors.ts';
import { refuse } from '../../gateway/outcome.ts';
import type { PluginType, RequestHook } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compilePattern, type PathEdit } from './pattern.ts';
import { addPrefix, removePrefix } from './prefix.ts';
import type { PathRewrite } from './schema.ts';

/** Takes a prefix off the path, replaces what a pattern finds, then puts a prefix in front. The query stays as it is. */
export const plugin: PluginType<PathRewrite, PluginDeps> = {
  create: (config, deps) => {
    const removed = prefixOf(config.removePrefix, deps);
    const added = prefixOf(config.addPrefix, deps);
    const edit = config.regex === undefined ? null : compilePattern(config.regex);
    if (removed === '' && added === '' && edit === null) return {};
    const whole: PathEdit =
      edit === null
        ? (path) => addPrefix(added, removePrefix(removed, path))
        : (path) => addPrefix(added, edit(removePrefix(removed, path) || '/'));
    return { onAuthorized: rewrite(whole, deps) };
  },
};

/** Characters; upstreams commonly accept no more than this in a whole request line. */
const LONGEST_PATH = 8192;

/**
 * The path that was decided about is canonical, and where whole segments come off it the result should be canonical
 * too. It is checked all the same: here is where an access rule was got round before (CVE-2026-48020). A pattern may
 * make anything of a path, such as dot segments of a name.
 */
function rewrite(edit: PathEdit, { canonicalPath }: PluginDeps): RequestHook {
  return (x) => {
    const outgoing = x.outgoing!;
    const rewritten = edit(outgoing.path);
    if (rewritten.length > LONGEST_PATH && rewritten.length > outgoing.path.length) {
      return refuse('rewrite-refused', 'the rewritten path is too long');
    }
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
