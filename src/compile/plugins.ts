import type { Directory } from '../../identity/directory/directory.ts';
import type { Identification } from '../../identity/identification.ts';
import { type CompiledCondition, compileCondition } from '../../policies/condition.ts';
import type { Engine } from '../../policies/engine.ts';
import { compileTemplate } from '../../policies/liquid/template.ts';
import { type CompiledText, compileText, type TextCompilation } from '../../policies/text.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Converse } from '../gateway/conversation.ts';
import type { Limits } from '../gateway/limits/limits.ts';
import type { Plugin, PluginType } from '../gateway/plugin.ts';
import type { SlotTable } from '../gateway/slot.ts';
import { type KeyPath, PLUGIN_NAMES, type ServiceMode, type ServicePlugin } from '../model/index.ts';
import type { ResponseStore } from '../plugins/cache/store.ts';
import type { PluginDeps, PluginPlace, RecognisedUser, Shared } from '../plugins/deps.ts';
import type { Geo } from '../plugins/geo/place.ts';
import { PLUGINS } from '../plugins/loaded.ts';
import type { ConversationTarget, OutboundTarget } from '../plugins/outbound.ts';
import type { Scripts } from '../plugins/script/host.ts';
import { whatGrpcNeeds } from '../upstream/grpc/library.ts';
import type { UpstreamSpec } from '../upstream/spec.ts';
import { conditional } from './conditional.ts';
import { conversationSpec, outboundOver, outboundSpec } from './outbound.ts';
import { expressionProblems, type Problem, problem } from './problem.ts';
import { misordered } from './scripts.ts';
import type { OwnedUpstream } from './upstream-registry.ts';

/** What the plugins of one config are made with. */
export interface PluginSupply {
  readonly engine: Engine;
  readonly canonicalPath: (path: string) => string | null;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly shared: Shared | null;
  readonly responses: ResponseStore;
  readonly geo: Geo | null;
  readonly recognise: Recognise;
  /** As in `PluginDeps`. */
  readonly allowsFaults: boolean;
  readonly count: CountEvent;
  readonly scripts: Scripts;
  readonly upstream: (spec: UpstreamSpec) => OwnedUpstream;
}

/** Who acts where a plugin of that Service has recognised a User. */
export type Recognise = (recognised: RecognisedUser, place: PluginPlace, directory: Directory) => Identification;

/** Counts what a plugin of that place does. */
export type CountEvent = (place: PluginPlace, event: string) => void;

export interface PluginBench extends PluginSupply {
  readonly service: string;
  readonly config: string;
  readonly isAnonymous: boolean;
  readonly mode: ServiceMode;
  /** Differs where what the config says does. */
  readonly fingerprint: () => string;
  readonly slots: SlotTable;
  /** All mistakes of the config are gathered here. */
  readonly problems: Problem[];
  /** Whatever its plugins ask is gathered here. */
  readonly upstreams: UpstreamSpec[];
}

/** The plugins of one phase, in their order. */
export function pluginsOf(
  list: readonly ServicePlugin[],
  phase: 'PRE_AUTH' | 'POST_AUTH',
  path: KeyPath,
  bench: PluginBench,
): Plugin[] {
  if (phase === 'POST_AUTH') bench.problems.push(...misordered(list, path, bench.scripts));
  return list.flatMap((one, i) =>
    (one.phase ?? 'POST_AUTH') === phase ? listed(one, phase, [...path, i], bench) : [],
  );
}

/** One that is switched off is made too, so that its mistakes are told. */
function listed(one: ServicePlugin, phase: 'PRE_AUTH' | 'POST_AUTH', path: KeyPath, bench: PluginBench): Plugin[] {
  const name = PLUGIN_NAMES.find((known) => one[known] !== undefined);
  if (name === undefined) return [];
  const type = PLUGINS[name] as PluginType<unknown, PluginDeps>;
  const made = makePlugin(type, one[name], { path: [...path, name], plugin: one.name }, bench);
  const condition = depsOf({ path, plugin: one.name }, bench).compileCondition(one.condition, ['condition']);
  if (one.isDisabled === true) return [];
  bench.problems.push(...misplaced(made, { name, phase, path }, bench));
  return [{ ...inPhase(phase, conditional(made, condition, bench.slots.slot())), readsInput: true }];
}

interface Listed {
  readonly name: string;
  readonly phase: 'PRE_AUTH' | 'POST_AUTH';
  readonly path: KeyPath;
}

/** What could not act where it stands. */
function misplaced(made: Plugin, { name, phase, path }: Listed, { isAnonymous }: PluginBench): Problem[] {
  if (phase === 'PRE_AUTH' && (made.onAuthorized !== undefined || made.inject !== undefined)) {
    const message = `"${name}" is for requests that are allowed, which is not known before authorization`;
    return [problem([...path, 'phase'], message, 'leave phase out')];
  }
  if (made.identify !== undefined && isAnonymous) {
    const message = `"${name}" says who sent a request, and a Service that is anonymous lets everybody in`;
    return [problem([...path, name], message, 'remove isAnonymous')];
  }
  const why = made.identify === undefined ? made.beforeIdentification : 'says who sent a request';
  if (why === undefined || phase === 'PRE_AUTH') return [];
  const message = `"${name}" ${why}: it acts before anybody is identified`;
  return [problem([...path, name], message, 'set phase: PRE_AUTH')];
}

function inPhase(phase: 'PRE_AUTH' | 'POST_AUTH', plugin: Plugin): Plugin {
  if (phase === 'PRE_AUTH' || plugin.onRequest === undefined) return plugin;
  const { onRequest, ...others } = plugin;
  return { ...others, onAuthorized: onRequest };
}

interface Place {
  /** Of its configuration. */
  readonly path: KeyPath;
  readonly plugin: string;
}

/** A plugin with a mistake does nothing: its Service does not serve. */
export function makePlugin<Config>(
  type: PluginType<Config, PluginDeps>,
  config: Config,
  place: Place,
  bench: PluginBench,
): Plugin {
  try {
    return type.create(config, depsOf(place, bench));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    bench.problems.push(problem(place.path, thrown.message));
    return {};
  }
}

function depsOf({ path, plugin }: Place, bench: PluginBench): PluginDeps {
  const { engine, canonicalPath, clock, limits, shared, responses, geo, slots, problems, recognise, scripts } = bench;
  const { service, config, fingerprint } = bench;
  const place = { service, config, plugin, fingerprint };
  const text = (compiled: TextCompilation, at: KeyPath): CompiledText => {
    if (compiled.ok) return compiled.text;
    problems.push(...expressionProblems([...path, ...at], compiled.problems));
    return NO_TEXT;
  };
  return {
    canonicalPath,
    clock,
    limits,
    shared,
    responses,
    geo,
    scripts,
    slot: () => slots.slot(),
    allowsFaults: bench.allowsFaults,
    count: (event) => bench.count(place, event),
    mode: bench.mode,
    place,
    recognised: (x, user) => recognise(user, place, x.snapshot.directory),
    outbound: (target) => openOutbound(target, bench),
    converse: (target) => openConversations(target, path, bench),
    mistake: (at, message, suggestion) => void problems.push(problem([...path, ...at], message, suggestion)),
    compileText: (source, at) => text(compileText(source, engine), at),
    compileTemplate: (source, at) => text(compileTemplate(source, engine), at),
    compileCondition: (source, at) => {
      const compiled = compileCondition(source, engine);
      if (compiled.ok) return compiled.condition;
      problems.push(...expressionProblems([...path, ...at], compiled.problems));
      return NEVER;
    },
  };
}

function openOutbound(target: OutboundTarget, { upstream, upstreams, clock }: PluginBench) {
  const spec = outboundSpec(target);
  upstreams.push(spec);
  return outboundOver(upstream(spec), target, clock);
}

function openConversations(target: ConversationTarget, path: KeyPath, { upstream, upstreams, problems }: PluginBench) {
  const needed = whatGrpcNeeds();
  if (needed !== null) problems.push(problem(path, needed));
  const spec = conversationSpec(target);
  upstreams.push(spec);
  const owner = upstream(spec);
  const converse: Converse = (...call) => owner.converse(...call);
  return converse;
}

/** Stand in for what has a mistake; nothing asks them. */
const NO_TEXT: CompiledText = { evaluate: () => ({ kind: 'absent' }) };
const NEVER: CompiledCondition = { evaluate: () => false, certain: false };
