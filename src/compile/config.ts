import { hash } from 'node:crypto';
import { AppError } from '../base/errors.ts';
import { createCredential } from '../credentials/credential.ts';
import { type AssertionDeps, createIdentityAssertion } from '../credentials/identity-assertion.ts';
import type { TokenStore } from '../credentials/tokens/token-store.ts';
import { behindPlugins, buildConfigChain, type Plugin } from '../gateway/plugin.ts';
import type { SlotTable } from '../gateway/slot.ts';
import type { CompiledConfig } from '../gateway/snapshot.ts';
import {
  assertionHeaders,
  type BodyRules,
  type DirectResponse,
  type HeaderRules,
  type HttpAuth,
  type KeyPath,
  MOST_BUFFERED_BYTES,
  type ServiceConfig,
  type ServiceMode,
} from '../model/index.ts';
import type { PluginConfig } from '../plugins/catalog.ts';
import { plugin as headers } from '../plugins/headers/headers.ts';
import { DEFAULT_MAX_SIZE } from '../plugins/json-schema/schema.ts';
import { PLUGINS } from '../plugins/loaded.ts';
import { type VisibilityRules, plugin as visibilityPlugin } from '../plugins/visibility/visibility.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { makePlugin, type PluginBench, type PluginSupply, pluginsOf } from './plugins.ts';
import { type Problem, problem } from './problem.ts';
import { upstreamSpec } from './upstream.ts';

export interface ConfigDeps extends PluginSupply {
  /** What its plugins keep of an exchange; those of the Service have their places already. */
  readonly slots: SlotTable;
  /** What assertions to upstreams are made with. */
  readonly assertions: Omit<AssertionDeps, 'audience'>;
  /** Tokens that upstreams are sent, of token endpoints. */
  readonly tokens: TokenStore;
}

export interface ConfigParts {
  /** Canonical name of the Service. */
  readonly service: string;
  readonly name: string;
  readonly config: ServiceConfig;
  /** Where the config stands in the Service. */
  readonly path: KeyPath;
  readonly anonymous: boolean;
  readonly mode: ServiceMode;
  /** Of assertions that name no other one. */
  readonly audience: string;
}

export type ConfigCompilation =
  | { readonly ok: true; readonly config: CompiledConfig; readonly upstreams: readonly UpstreamSpec[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Compiles one config, already merged with its parent. */
export function compileConfig(parts: ConfigParts, deps: ConfigDeps): ConfigCompilation {
  const problems = containerProblems(parts);
  if (problems.length > 0) return { ok: false, problems };
  try {
    return build(parts, deps, problems);
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ok: false, problems: [problem(parts.path, thrown.message)] };
  }
}

/** @throws AppError when an upstream or a credential cannot be made of what is written. */
function build(parts: ConfigParts, deps: ConfigDeps, problems: Problem[]): ConfigCompilation {
  const { service, name, anonymous } = parts;
  const upstreams: UpstreamSpec[] = [];
  const plugins = configPlugins(parts, deps, {
    ...deps,
    service,
    config: name,
    isAnonymous: anonymous,
    mode: parts.mode,
    fingerprint: () => fingerprintOf(parts),
    problems,
    upstreams,
  });
  if (problems.length > 0) return { ok: false, problems };
  const spec = upstreamSpec(parts.config, parts.mode);
  const header = parts.config.http?.header;
  const config: CompiledConfig = {
    name: parts.name,
    chain: buildConfigChain(plugins),
    authorizationMode: authorizationMode(header, parts.anonymous),
    forwardedMode: FORWARDED_MODES[header?.forwardedMode ?? 'DROP'],
    upstream: spec === null ? null : behindPlugins(deps.upstream(spec), plugins),
  };
  return { ok: true, config, upstreams: spec === null ? upstreams : [...upstreams, spec] };
}

/** Of all that decides what an upstream is asked and what is made of its answer. */
function fingerprintOf({ service, name, config, anonymous, mode, audience }: ConfigParts): string {
  return hash('sha256', JSON.stringify([service, name, config, anonymous, mode, audience]), 'base64url');
}

const FORWARDED_MODES = { DROP: 'drop', OBFUSCATE: 'obfuscate', TRANSPARENT: 'transparent' } as const;

/** What the client shows as `Authorization` is for us, unless the Service is anonymous or says otherwise. */
function authorizationMode(header: HeaderRules | undefined, anonymous: boolean): 'pass' | 'delete' {
  if (header?.authorizationMode === 'PASS') return 'pass';
  if (header?.authorizationMode === 'DELETE') return 'delete';
  return anonymous ? 'pass' : 'delete';
}

function containerProblems({ config, path, name }: ConfigParts): Problem[] {
  if (config.upstream?.container === undefined) return [];
  const message = `config "${name}": container upstreams are not implemented yet`;
  return [{ ...problem([...path, 'upstream', 'container'], message), isTold: true }];
}

/**
 * Validation of bodies, what is listed, as clients see it; header rules, the path, who asks and the credential, which
 * nothing may change after them.
 */
function configPlugins(parts: ConfigParts, deps: ConfigDeps, bench: PluginBench): Plugin[] {
  const { config, path, audience } = parts;
  const { header, path: rewrite, auth, identityAssertion, response, body, plugins = [] } = config.http ?? {};
  const at = (key: string) => ({ path: [...path, 'http', key], plugin: `http.${key}` });
  const { onAuthorized, ...shown } = makePlugin(visibilityPlugin, visibilityOf(config), at('visibility'), bench);
  return [
    ...(onAuthorized === undefined ? [] : [{ onAuthorized }]),
    ...validation(body, path, bench),
    ...pluginsOf(plugins, 'POST_AUTH', [...path, 'http', 'plugins'], bench),
    ...(header === undefined ? [] : [makePlugin(headers, header, at('header'), bench)]),
    ...(rewrite === undefined ? [] : [makePlugin(PLUGINS.path, rewrite, at('path'), bench)]),
    ...(identityAssertion === undefined
      ? []
      : [createIdentityAssertion(identityAssertion, { ...deps.assertions, audience })]),
    ...(auth === undefined ? [] : [credentialOf(auth, parts, deps, bench)]),
    ...(response?.direct === undefined
      ? []
      : [answering(makePlugin(PLUGINS.direct, asAnswer(response.direct), at('response'), bench))]),
    shown,
  ];
}

/** Headers by which this config tells upstreams who it is, or who asks, are nobody's to read. */
function visibilityOf({ http }: ServiceConfig): VisibilityRules {
  const { visibility = {}, auth, identityAssertion } = http ?? {};
  const custom = auth?.custom === undefined ? [] : [auth.custom.header];
  return {
    rules: visibility,
    denied: [...custom, ...(identityAssertion === undefined ? [] : assertionHeaders(identityAssertion))],
  };
}

function credentialOf(
  auth: HttpAuth,
  { config, path, mode, anonymous }: ConfigParts,
  deps: ConfigDeps,
  { slots, problems }: PluginBench,
): Plugin {
  const urls = config.upstream?.loadbalance?.endpoints.map(({ url }) => url) ?? [config.upstream?.url ?? ''];
  const known = {
    slot: <T>() => slots.slot<T>(),
    isGrpc: mode === 'GRPC',
    isAnonymous: anonymous,
    isSecure: urls.every((url) => /^(https|wss):/i.test(url)),
  };
  try {
    return createCredential(auth, { ...deps, ...known });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    problems.push(problem([...path, 'http', 'auth'], thrown.message));
    return {};
  }
}

/** `http.body.validation` as the plugin, with the limit of bodies for what is read. */
function validation(body: BodyRules | undefined, path: KeyPath, bench: PluginBench): Plugin[] {
  const schema = body?.validation?.jsonSchema;
  if (schema === undefined) return [];
  const place = { path: [...path, 'http', 'body', 'validation', 'jsonSchema'], plugin: 'http.body.validation' };
  const maxSize = Math.min(body?.maxRequestSize ?? DEFAULT_MAX_SIZE, MOST_BUFFERED_BYTES);
  return [makePlugin(PLUGINS.jsonSchema, { ...schema, maxSize }, place, bench)];
}

/** `http.response.direct` as the plugin that answers has it. */
function asAnswer({ statusCode, contentType, inline, inlineBytes }: DirectResponse): PluginConfig<'direct'> {
  return {
    ...(statusCode !== undefined && { statusCode }),
    ...(contentType !== undefined && { headers: [{ key: 'content-type', value: contentType }] }),
    body: { ...(inline !== undefined && { inline }), ...(inlineBytes !== undefined && { inlineBytes }) },
  };
}

/** In the place of the upstream: behind everything else. */
function answering({ onRequest }: Plugin): Plugin {
  return onRequest === undefined ? {} : { onAuthorized: onRequest };
}
