import { didYouMean } from '../../base/suggest.ts';
import type { ConfigRule, NamedConfig, ServiceConfig } from '../service/config.ts';
import { MOST_BUFFERED_BYTES } from '../service/http.ts';
import { mergeConfig } from '../service/merge-config.ts';
import type { ServiceSpec } from '../service/service.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, pathText, problem } from '../validate/problem.ts';
import { checkSplit } from './config-split.ts';
import { checkUpstream } from './upstream.ts';

/** The configs of a Service: their names, their parents, and how their fields go together. */
export function checkConfigs(spec: ServiceSpec): Problem[] {
  return [...checkDefaultConfig(spec), ...checkNamedConfigs(spec), ...checkRules(spec)];
}

function checkDefaultConfig({ mode, config, dynamicConfig }: ServiceSpec): Problem[] {
  const at = ['spec', 'config'];
  if (config === undefined) {
    return dynamicConfig === undefined ? [problem(['spec'], 'config or dynamicConfig is needed', { at: 'key' })] : [];
  }
  const problems: Problem[] = [];
  if (config.name !== undefined && config.name !== 'default') {
    problems.push(problem([...at, 'name'], 'the default config has no name, or "default"'));
  }
  if (config.parent !== undefined) {
    problems.push(problem([...at, 'parent'], 'the default config cannot have a parent', { at: 'key' }));
  }
  return [...problems, ...checkBody(config, at), ...checkEarly(config, at), ...checkUpstream(config, mode, at)];
}

/** What reads a user here never matches, so that a plugin which protects something would silently do nothing. */
function checkEarly({ http }: ServiceConfig, at: KeyPath): Problem[] {
  return (http?.plugins ?? []).flatMap(({ phase, isDisabled, condition }, i) => {
    const reads = /\bctx\.(user|session)\b/.exec(JSON.stringify(condition))?.[0];
    if (reads === undefined || phase !== 'PRE_AUTH' || isDisabled === true) return [];
    const message = `${reads} is not there in the phase PRE_AUTH, where nobody is identified yet`;
    return [problem([...at, 'http', 'plugins', i, 'condition'], message, { severity: 'warning' })];
  });
}

function checkBody({ http }: ServiceConfig, at: KeyPath): Problem[] {
  const body = [...at, 'http', 'body'];
  const { mode, maxRequestSize = 0 } = http?.body ?? {};
  if (http?.enableRequestBuffering === true) {
    if (maxRequestSize <= MOST_BUFFERED_BYTES) return [];
    return [problem([...body, 'maxRequestSize'], `at most ${MOST_BUFFERED_BYTES} bytes are buffered (64 MiB)`)];
  }
  if (mode === undefined) return [];
  const message = 'has no effect without enableRequestBuffering: true';
  return [problem([...body, 'mode'], message, { at: 'key', severity: 'warning' })];
}

function checkNamedConfigs(spec: ServiceSpec): Problem[] {
  if (spec.dynamicConfig === undefined) return [];
  const path = ['spec', 'dynamicConfig'];
  const { configs = [], rules = [] } = spec.dynamicConfig;
  if (configs.length === 0 && !rules.some(isComputed)) {
    return [problem(path, 'needs at least one config, or a rule with eval or opa', { at: 'key' })];
  }
  return configs.flatMap((config, i) => {
    const at = [...path, 'configs', i];
    return [
      ...checkName(config.name, at),
      ...checkDefaultsOnly(config, at),
      ...checkPlugins(config, spec, at),
      ...checkTogether(config, spec, at),
    ];
  });
}

/** A limit or a validation of the default config is easily taken for one of the whole Service. */
function checkPlugins({ parent, http }: NamedConfig, { config }: ServiceSpec, at: KeyPath): Problem[] {
  const left = config?.http?.plugins?.find(({ phase, isDisabled }) => phase !== 'PRE_AUTH' && isDisabled !== true);
  if (left === undefined || parent !== undefined || http?.plugins !== undefined) return [];
  const message = `requests of this config pass by the plugins of spec.config, such as ${quote(left.name)}`;
  const suggestion = 'add parent: default, or http.plugins: [] if that is meant';
  return [problem([...at, 'name'], message, { severity: 'warning', suggestion })];
}

function checkName(name: string, at: KeyPath): Problem[] {
  return name === 'default' ? [problem([...at, 'name'], '"default" is the name of spec.config')] : [];
}

/** Fields that are looked at before a config is chosen. */
const DEFAULTS_ONLY_OF_BODY = ['mode', 'maxRequestSize'] as const;
const DEFAULTS_ONLY = ['enableRequestBuffering', 'webSocket', 'listenHTTP2', 'cors'] as const;

export function checkDefaultsOnly({ http }: ServiceConfig, at: KeyPath): Problem[] {
  const message = 'has no effect in a named config, only in spec.config';
  const warning = (...path: string[]) => problem([...at, 'http', ...path], message, { at: 'key', severity: 'warning' });
  return [
    ...DEFAULTS_ONLY.filter((field) => http?.[field] !== undefined).map((field) => warning(field)),
    ...DEFAULTS_ONLY_OF_BODY.filter((field) => http?.body?.[field] !== undefined).map((field) =>
      warning('body', field),
    ),
  ];
}

/** The fields of a config together with those that it has of its parent. */
export function checkTogether(config: NamedConfig, spec: ServiceSpec, at: KeyPath): Problem[] {
  if (config.parent === undefined) return checkUpstream(config, spec.mode, at);
  if (config.parent === config.name) return [problem([...at, 'parent'], 'a config cannot be its own parent')];
  const parent = configNamed(config.parent, spec);
  if (parent === undefined) return checkIsConfig(config.parent, spec, [...at, 'parent']);
  const known = new Set(checkUpstream(parent, spec.mode, []).map(textOf));
  const found = checkUpstream(mergeConfig<ServiceConfig>(parent, config), spec.mode, []);
  return found.filter((one) => !known.has(textOf(one))).flatMap((one) => inChild(one, parent, config, at));
}

function textOf({ path, message }: Problem): string {
  return `${pathText(path)} ${message}`;
}

/**
 * A problem of the merged config at its place in the child. What the child inherits has no place there: it is told
 * where the parent is named, and only when it is an error.
 */
function inChild(found: Problem, parent: ServiceConfig, child: NamedConfig, at: KeyPath): Problem[] {
  const path = pathInChild(found.path, parent, child);
  if (path !== null) return [{ ...found, path: [...at, ...path] }];
  if (found.severity === 'warning') return [];
  const message = `does not go together with this config: ${pathText(found.path)}: ${found.message}`;
  return [{ ...found, path: [...at, 'parent'], at: 'value', message }];
}

/** Lists are joined, the parent's first, so that the child's elements stand further back. */
function pathInChild(path: KeyPath, parent: unknown, child: unknown): KeyPath | null {
  let [theirs, own] = [parent, child];
  const found: (string | number)[] = [];
  for (const key of path) {
    const offset = typeof key === 'number' && Array.isArray(theirs) ? theirs.length : 0;
    const place = typeof key === 'number' ? key - offset : key;
    [theirs, own] = [memberOf(theirs, key), memberOf(own, place)];
    if (own === undefined) return null;
    found.push(place);
  }
  return found;
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function checkRules(spec: ServiceSpec): Problem[] {
  const { configs = [], rules = [] } = spec.dynamicConfig ?? {};
  if (configs.length === 0 && !rules.some(isComputed)) return []; // which is a mistake of its own
  return rules.flatMap((rule, i) => checkRule(rule, spec, ['spec', 'dynamicConfig', 'rules', i]));
}

function checkRule({ configName, split }: ConfigRule, spec: ServiceSpec, at: KeyPath): Problem[] {
  if (configName !== undefined) return checkIsConfig(configName, spec, [...at, 'configName']);
  if (split === undefined) return [];
  const path = [...at, 'split'];
  const names = split.configs.flatMap(({ name }, i) => checkIsConfig(name, spec, [...path, 'configs', i, 'name']));
  return [...names, ...checkSplit(split, spec, path)];
}

function isComputed(rule: ConfigRule): boolean {
  return rule.eval !== undefined || rule.opa !== undefined;
}

function checkIsConfig(name: string, spec: ServiceSpec, path: KeyPath): Problem[] {
  const named = (spec.dynamicConfig?.configs ?? []).map((config) => config.name);
  const known = spec.config === undefined ? named : [...named, 'default'];
  if (known.includes(name)) return [];
  return [problem(path, `there is no config ${quote(name)}`, { suggestion: didYouMean(name, known) })];
}

function configNamed(name: string, { config, dynamicConfig }: ServiceSpec): ServiceConfig | undefined {
  return name === 'default' ? config : dynamicConfig?.configs?.find((one) => one.name === name);
}
