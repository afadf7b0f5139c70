import type { TSchema } from 'typebox';
import type { Identification } from '../../identity/identification.ts';
import type { Awaitable } from '../base/awaitable.ts';
import type { Exchange } from './exchange.ts';
import type { Outcome } from './outcome.ts';
import type { Verdict } from './verdict.ts';

/** What a plugin needs of the request body: nothing, chunks as they pass, or all of it in memory. */
export type BodyNeed = 'none' | 'stream' | { readonly buffer: { readonly limit: number } };

/**
 * The one contract of everything that may stand in a chain. `create` runs when configuration is compiled and does
 * all work that can be done then; what it gives has the hooks that it needs and no others.
 */
export interface PluginType<Config, Deps = unknown> {
  readonly name: string;
  /** The schema of `Config`, owned by `model/` for what is native. */
  readonly schema: TSchema;
  readonly body: BodyNeed;
  /** @throws ConfigurationError (through `deps` or directly) when the configuration cannot work. */
  create(config: Config, deps: Deps): Plugin;
}

/** `null` from a hook that may answer means "go on". A throw before forwarding refuses the request. */
export interface Plugin {
  readonly onRequest?: RequestHook;
  readonly identify?: IdentifyHook;
  readonly authorize?: AuthorizeHook;
  readonly onAuthorized?: RequestHook;
  readonly inject?: RequestHook;
  readonly onResponse?: ResponseHook;
  readonly onSettled?: SettledHook;
}

export type RequestHook = (x: Exchange) => Awaitable<Outcome | null>;
export type IdentifyHook = (x: Exchange) => Awaitable<Identification>;
export type AuthorizeHook = (x: Exchange) => Awaitable<Verdict>;
export type ResponseHook = (x: Exchange) => Awaitable<void>;
export type SettledHook = (x: Exchange) => void;

/** The hooks of a chain as flat arrays per moment, `null` when empty: the request asks `!== null` and is done. */
export interface Chain {
  readonly onRequest: readonly RequestHook[] | null;
  readonly identify: readonly IdentifyHook[] | null;
  readonly authorize: readonly AuthorizeHook[] | null;
  readonly onAuthorized: readonly RequestHook[] | null;
  readonly inject: readonly RequestHook[] | null;
  readonly onResponse: readonly ResponseHook[] | null;
  readonly onSettled: readonly SettledHook[] | null;
}

export function buildChain(plugins: readonly Plugin[]): Chain {
  return {
    onRequest: hooks(plugins, 'onRequest'),
    identify: hooks(plugins, 'identify'),
    authorize: hooks(plugins, 'authorize'),
    onAuthorized: hooks(plugins, 'onAuthorized'),
    inject: hooks(plugins, 'inject'),
    onResponse: hooks(plugins, 'onResponse'),
    onSettled: hooks(plugins, 'onSettled'),
  };
}

function hooks<K extends keyof Plugin>(plugins: readonly Plugin[], moment: K): NonNullable<Plugin[K]>[] | null {
  const found = plugins.flatMap((plugin) => {
    const hook = plugin[moment];
    return hook === undefined ? [] : [hook.bind(plugin) as NonNullable<Plugin[K]>];
  });
  return found.length === 0 ? null : found;
}
