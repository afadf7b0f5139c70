import { didYouMean } from '../../base/suggest.ts';
import { namespaceOf } from '../names.ts';
import type { ServiceConfig } from '../service/config.ts';
import type { Service, ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';
import type { Checked, ResourceCheck } from './checker.ts';
import { checkGrpc } from './grpc.ts';
import { isThere } from './references.ts';
import { checkUpstream } from './upstream.ts';

/** How the fields of a Service go together (octelium.md §1.14). */
export const checkService: ResourceCheck<Service> = ({ metadata, spec }, all) => [
  ...checkNamespace(metadata.name, all),
  ...checkAnonymous(spec),
  ...checkHosts(spec),
  ...checkDefaultConfig(spec),
  ...checkNamedConfigs(spec),
  ...checkRules(spec),
  ...checkGrpc(spec),
];

function checkNamespace(name: string, all: Checked): Problem[] {
  const namespace = namespaceOf(name);
  if (isThere('Namespace', namespace, all)) return [];
  const known = all.set.list('Namespace').map(({ resource }) => resource.metadata.name);
  const message = `there is no Namespace ${quote(namespace)}`;
  return [problem(['metadata', 'name'], message, { suggestion: didYouMean(namespace, known) })];
}

function checkAnonymous(spec: ServiceSpec): Problem[] {
  const anonymous = spec.isAnonymous === true;
  const { authorization } = spec;
  const enabled = authorization?.enableAnonymous === true;
  const problems: Problem[] = [];
  if (anonymous && spec.isPublic !== true) {
    problems.push(problem(['spec', 'isAnonymous'], 'needs isPublic: true', { at: 'key' }));
  }
  if (anonymous && authorization !== undefined && !enabled) {
    const message = 'has no effect on an anonymous Service without enableAnonymous: true';
    problems.push(problem(['spec', 'authorization'], message, { at: 'key' }));
  }
  if (!anonymous && enabled) {
    problems.push(problem(['spec', 'authorization', 'enableAnonymous'], 'needs isAnonymous: true', { at: 'key' }));
  }
  return problems;
}

function checkHosts(spec: ServiceSpec): Problem[] {
  if (spec.hosts === undefined || spec.isPublic === true) return [];
  return [problem(['spec', 'hosts'], 'has no effect without isPublic: true', { at: 'key', severity: 'warning' })];
}

function checkDefaultConfig(spec: ServiceSpec): Problem[] {
  const { config, dynamicConfig } = spec;
  const problems: Problem[] = [];
  if (config === undefined && dynamicConfig === undefined) {
    problems.push(problem(['spec'], 'config or dynamicConfig is needed', { at: 'key' }));
  }
  if (config?.name !== undefined && config.name !== 'default') {
    problems.push(problem(['spec', 'config', 'name'], 'the default config has no name, or "default"'));
  }
  if (config?.parent !== undefined) {
    problems.push(problem(['spec', 'config', 'parent'], 'the default config cannot have a parent', { at: 'key' }));
  }
  return config === undefined ? problems : [...problems, ...checkUpstream(config, ['spec', 'config'])];
}

function checkNamedConfigs(spec: ServiceSpec): Problem[] {
  if (spec.dynamicConfig === undefined) return [];
  const path = ['spec', 'dynamicConfig'];
  const { configs = [] } = spec.dynamicConfig;
  if (configs.length === 0) return [problem(path, 'needs at least one config', { at: 'key' })];
  return configs.flatMap((config, i) => {
    const at = [...path, 'configs', i];
    return [...checkConfigName(config.name, at), ...checkParent(config, spec, at), ...checkUpstream(config, at)];
  });
}

function checkConfigName(name: string, at: KeyPath): Problem[] {
  return name === 'default' ? [problem([...at, 'name'], '"default" is the name of spec.config')] : [];
}

function checkParent(config: ServiceConfig, spec: ServiceSpec, at: KeyPath): Problem[] {
  if (config.parent === undefined) return [];
  if (config.parent === config.name) return [problem([...at, 'parent'], 'a config cannot be its own parent')];
  return checkIsConfig(config.parent, spec, [...at, 'parent']);
}

function checkRules(spec: ServiceSpec): Problem[] {
  const { configs = [], rules = [] } = spec.dynamicConfig ?? {};
  if (configs.length === 0) return []; // which is a mistake of its own
  return rules.flatMap((rule, i) => {
    const path = ['spec', 'dynamicConfig', 'rules', i, 'configName'];
    return rule.configName === undefined ? [] : checkIsConfig(rule.configName, spec, path);
  });
}

function checkIsConfig(name: string, spec: ServiceSpec, path: KeyPath): Problem[] {
  const named = (spec.dynamicConfig?.configs ?? []).map((config) => config.name);
  const known = spec.config === undefined ? named : [...named, 'default'];
  if (known.includes(name)) return [];
  return [problem(path, `there is no config ${quote(name)}`, { suggestion: didYouMean(name, known) })];
}
