import { headers } from './headers/headers.ts';
import { path } from './path/path.ts';

/** Every plugin that ships with the gateway. A new one is a folder, a line here and a test. */
export const PLUGINS = { headers, path } as const;

export type { PluginDeps } from './deps.ts';
