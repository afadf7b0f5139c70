import { mergeConfig, type ServiceConfig, type ServiceSpec } from '../model/index.ts';

/** A config laid over its parent; the parent's parent is not looked at. */
export function withParent(
  config: ServiceConfig,
  { config: defaultConfig, dynamicConfig }: ServiceSpec,
): ServiceConfig {
  if (config.parent === undefined) return config;
  const named = dynamicConfig?.configs ?? [];
  const parent = config.parent === 'default' ? defaultConfig : named.find(({ name }) => name === config.parent);
  return parent === undefined ? config : mergeConfig<ServiceConfig>(parent, config);
}
