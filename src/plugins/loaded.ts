import type { PluginType } from '../gateway/plugin.ts';
import { CATALOG, type PluginConfig, type PluginName } from './catalog.ts';
import type { PluginDeps } from './deps.ts';

type Loaded = { readonly [Name in PluginName]: PluginType<PluginConfig<Name>, PluginDeps> };

/** The plugins of the catalogue, ready to be made. */
export const PLUGINS: Loaded = await loadAll();

async function loadAll(): Promise<Loaded> {
  const names = Object.keys(CATALOG) as PluginName[];
  const plugins = await Promise.all(names.map((name) => CATALOG[name].load()));
  return Object.fromEntries(names.map((name, i) => [name, plugins[i]!.plugin])) as Loaded;
}
