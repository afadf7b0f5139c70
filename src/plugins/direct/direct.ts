import type { PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileAnswer } from './answer.ts';
import type { DirectAnswer } from './schema.ts';

/** Answers itself: no upstream is asked, and no plugin behind it. */
export const plugin: PluginType<DirectAnswer, PluginDeps> = {
  create: (config) => {
    const answer = compileAnswer(config, 200);
    return { onRequest: answer };
  },
};
