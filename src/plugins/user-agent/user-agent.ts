import { RE2JS } from 're2js';
import { AppError } from '../../base/errors.ts';
import { Lru } from '../../base/lru.ts';
import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileRefusal } from '../direct/refusal.ts';
import type { UserAgentRules } from './schema.ts';

/** Of all expressions of a list together, in steps of their automata. */
const HEAVIEST = 20_000;
/** Names that are remembered, and the longest of them. */
const MOST_KNOWN = 500;
const LONGEST_KNOWN = 512;

/** Lets in by what a program calls itself. A program that says nothing is the empty text. */
export const plugin: PluginType<UserAgentRules, PluginDeps> = {
  create: (config, deps) => {
    const { allow, deny = [] } = config;
    if (allow === undefined && deny.length === 0) throw new AppError('invalid', 'allow or deny is needed');
    const isAllowed = allow === undefined ? () => true : anyOf(allow, 'allow', deps);
    const isDenied = anyOf(deny, 'deny', deps);
    const isLetIn = remembering((name) => isAllowed(name) && !isDenied(name));
    const refused = compileRefusal(config, 'user-agent-refused');
    return {
      onRequest: ({ request: { headers } }) => {
        const sent = headers.all('user-agent');
        const names = sent.length === 0 ? [''] : sent;
        return names.every(isLetIn) ? null : refused(names.join(', '));
      },
    };
  },
};

/** Programs send the same name with each request. */
function remembering(decide: (name: string) => boolean): (name: string) => boolean {
  const known = new Lru<string, boolean>(MOST_KNOWN);
  return (name) => {
    const answer = known.get(name);
    if (answer !== undefined || name.length > LONGEST_KNOWN) return answer ?? decide(name);
    const decided = decide(name);
    // a copy: a slice would keep all of the head in memory that it was cut from
    known.set(Buffer.from(name, 'latin1').toString('latin1'), decided);
    return decided;
  };
}

/** Whether one of the expressions is found in a text: RE2, which takes time linear to the text whatever it is. */
function anyOf(patterns: readonly string[], key: 'allow' | 'deny', deps: PluginDeps): (text: string) => boolean {
  const programs = patterns.flatMap((pattern, i) => compilePattern(pattern, [key, i], deps) ?? []);
  if (programs.reduce((sum, program) => sum + program.programSize(), 0) > HEAVIEST) {
    deps.mistake([key], 'these expressions repeat too much');
  }
  return (text) => programs.some((program) => program.test(text));
}

function compilePattern(pattern: string, path: readonly [string, number], deps: PluginDeps): RE2JS | null {
  try {
    return RE2JS.compile(pattern);
  } catch {
    deps.mistake(path, `${JSON.stringify(pattern)} is not RE2 syntax, which has no look-around and no back-references`);
    return null;
  }
}
