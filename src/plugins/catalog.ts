import type { Static, TSchema } from 'typebox';
import type { PluginType } from '../gateway/plugin.ts';
import { CorsRules } from './cors/schema.ts';
import type { PluginDeps } from './deps.ts';
import { DirectAnswer } from './direct/schema.ts';
import { PathRewrite } from './path/schema.ts';

/**
 * Every plugin that a Service may list, by the key of its configuration there. A new one is a folder, a line here and
 * a test. What reads configuration needs the schemas alone, so the rest is loaded by who serves (`loaded.ts`).
 */
export const CATALOG = {
  direct: entry(DirectAnswer, () => import('./direct/direct.ts')),
  path: entry(PathRewrite, () => import('./path/path.ts')),
} as const;

export type PluginName = keyof typeof CATALOG;
export type PluginConfig<Name extends PluginName> = Static<(typeof CATALOG)[Name]['schema']>;

interface Entry<S extends TSchema> {
  readonly schema: S;
  readonly load: () => Promise<{ readonly plugin: PluginType<Static<S>, PluginDeps> }>;
}

function entry<S extends TSchema>(schema: S, load: Entry<S>['load']): Entry<S> {
  return { schema, load };
}

/** Those of fields of their own. */
export { CorsRules, PathRewrite };
