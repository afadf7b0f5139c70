import type { Identification } from '../../identity/identification.ts';
import type { Awaitable } from '../base/awaitable.ts';
import { FieldNames } from '../base/field-names.ts';
import type { Exchange } from './exchange.ts';
import type { KernelParts } from './kernel.ts';
import type { Outcome, Refusal, Response } from './outcome.ts';
import type { Upstream } from './snapshot.ts';
import type { Verdict } from './verdict.ts';

/**
 * The one contract of everything that may stand in a chain; its schema stands beside its name in the catalogue.
 * `create` runs when configuration is compiled and does all work that can be done then; what it gives has the hooks
 * that it needs and no others.
 */
export interface PluginType<Config, Deps = unknown> {
  /** @throws AppError `invalid` when the configuration cannot work; `deps` knows how to tell where. */
  create(config: Config, deps: Deps): Plugin;
}

/**
 * `null` from a hook that may answer means "go on". A throw refuses the request, with `plugin-error` unless
 * it is a `RefusedError`.
 *
 * A plugin that answers has been seen by the plugins before it, so their `onResponse` sees its answer; those behind
 * it see nothing of the exchange.
 */
export interface Plugin {
  /** It, or its condition, may evaluate expressions: their input is made before it runs. */
  readonly readsInput?: true;
  /** Why it can only stand before anybody is identified. */
  readonly beforeIdentification?: string;
  /** On the way in, in the phase that it is configured for: before anybody is identified, or once it is allowed. */
  readonly onRequest?: RequestHook;
  readonly identify?: IdentifyHook;
  /**
   * Where `identify` finds what it takes, and what nobody but this plugin tells the upstream: no upstream sees what
   * clients send there, whoever was identified by whatever else and whether or not the condition matches.
   */
  readonly credentials?: CredentialPlaces;
  readonly authorize?: AuthorizeHook;
  /** As `onRequest`, and only once the request is allowed: it changes what the upstream sees, reads bodies or asks who it is. */
  readonly onAuthorized?: RequestHook;
  readonly inject?: RequestHook;
  /** Stands right before the upstream, behind everything else: answers in its place, or asks it and sees what it says first. */
  readonly forward?: ForwardHook;
  /** On the way out, the last plugin first: an answer of the upstream, or of a plugin behind this one. */
  readonly onResponse?: ResponseHook;
  /** The head of every answer of the Service, refusals too, at the moment it is sent. Must not throw. */
  readonly onAnswer?: AnswerHook;
  readonly onSettled?: SettledHook;
}

export type RequestHook = (x: Exchange) => Awaitable<Outcome | null>;
/** `ours`: who is meant by our own sessions and tokens in a request. */
export type IdentifyHook = (x: Exchange, ours: KernelParts['identify']) => Awaitable<Identification>;
export type AuthorizeHook = (x: Exchange) => Awaitable<Verdict>;
export type ForwardHook = (x: Exchange, upstream: Upstream) => Awaitable<Response | Refusal>;
export type ResponseHook = (x: Exchange) => Awaitable<void>;
export type AnswerHook = (x: Exchange, response: Response) => void;
export type SettledHook = (x: Exchange) => void;

/** Names of header fields in lower case, and of query parameters. */
export interface CredentialPlaces {
  readonly headers: readonly string[];
  readonly parameters: readonly string[];
}

/** The same, with every spelling of the names that upstreams may take for them. */
export interface HiddenPlaces {
  readonly headers: FieldNames;
  readonly parameters: readonly string[];
}

/** The hooks of a chain as flat arrays per moment, `null` when empty: the request asks `!== null` and is done. */
export interface Chain {
  /** Some plugin does. */
  readonly readsInput: boolean;
  readonly onRequest: Placed<RequestHook> | null;
  readonly identify: readonly IdentifyHook[] | null;
  readonly credentials: HiddenPlaces | null;
  readonly authorize: readonly AuthorizeHook[] | null;
  readonly onAuthorized: Placed<RequestHook> | null;
  readonly inject: readonly RequestHook[] | null;
  /** The last plugin first. */
  readonly onResponse: Placed<ResponseHook> | null;
  readonly onAnswer: readonly AnswerHook[] | null;
  readonly onSettled: readonly SettledHook[] | null;
}

/** Hooks with the positions of their plugins, which say who sees an answer that one of them gave. */
export interface Placed<Hook> {
  readonly hooks: readonly Hook[];
  readonly positions: readonly number[];
}

/** More plugins than one list may have: those of a config stand behind those of its Service. */
const FIRST_OF_CONFIG = 1000;

export function buildServiceChain(plugins: readonly Plugin[]): Chain {
  return buildChain(plugins, 0);
}

export function buildConfigChain(plugins: readonly Plugin[]): Chain {
  return buildChain(plugins, FIRST_OF_CONFIG);
}

/** The upstream with the plugins that stand before it; the first of them is asked first. */
export function behindPlugins(upstream: Upstream, plugins: readonly Plugin[]): Upstream {
  return plugins.reduceRight<Upstream>((next, { forward }) => {
    if (forward === undefined) return next;
    return { name: upstream.name, authority: upstream.authority, forward: (x) => forward(x, next) };
  }, upstream);
}

function buildChain(plugins: readonly Plugin[], first: number): Chain {
  return {
    readsInput: plugins.some((plugin) => plugin.readsInput === true),
    onRequest: placed(plugins, 'onRequest', first),
    identify: hooks(plugins, 'identify'),
    credentials: credentialsOf(plugins),
    authorize: hooks(plugins, 'authorize'),
    onAuthorized: placed(plugins, 'onAuthorized', first),
    inject: hooks(plugins, 'inject'),
    onResponse: reversed(placed(plugins, 'onResponse', first)),
    onAnswer: hooks(plugins, 'onAnswer'),
    onSettled: hooks(plugins, 'onSettled'),
  };
}

function credentialsOf(plugins: readonly Plugin[]): HiddenPlaces | null {
  const places = plugins.flatMap(({ credentials }) => credentials ?? []);
  if (places.length === 0) return null;
  return {
    headers: new FieldNames(places.flatMap(({ headers }) => headers)),
    parameters: places.flatMap(({ parameters }) => parameters),
  };
}

type Moment = Exclude<keyof Plugin, 'credentials' | 'readsInput' | 'beforeIdentification'>;

function hooks<K extends Moment>(plugins: readonly Plugin[], moment: K): NonNullable<Plugin[K]>[] | null {
  return placed(plugins, moment, 0)?.hooks.slice() ?? null;
}

function placed<K extends Moment>(
  plugins: readonly Plugin[],
  moment: K,
  first: number,
): Placed<NonNullable<Plugin[K]>> | null {
  const found = plugins.flatMap((plugin, i) => {
    const hook = plugin[moment];
    return hook === undefined ? [] : [{ hook: hook.bind(plugin) as NonNullable<Plugin[K]>, position: first + i }];
  });
  return found.length === 0
    ? null
    : { hooks: found.map(({ hook }) => hook), positions: found.map(({ position }) => position) };
}

function reversed<Hook>(given: Placed<Hook> | null): Placed<Hook> | null {
  return given && { hooks: given.hooks.toReversed(), positions: given.positions.toReversed() };
}
