import { type CompiledCondition, compileCondition } from '../../policies/condition.ts';
import type { Engine } from '../../policies/engine.ts';
import { type CompiledText, compileText } from '../../policies/text.ts';
import type { Clock } from '../base/clock.ts';
import { AppError } from '../base/errors.ts';
import type { Limits } from '../gateway/limits/limits.ts';
import type { Plugin, PluginType } from '../gateway/plugin.ts';
import type { SlotTable } from '../gateway/slot.ts';
import { type KeyPath, PLUGIN_NAMES, type ServicePlugin } from '../model/index.ts';
import type { ResponseStore } from '../plugins/cache/store.ts';
import type { PluginDeps } from '../plugins/deps.ts';
import { PLUGINS } from '../plugins/loaded.ts';
import { conditional } from './conditional.ts';
import { expressionProblems, type Problem, problem } from './problem.ts';

/** What the plugins of one config are made with. */
export interface PluginSupply {
  readonly engine: Engine;
  readonly canonicalPath: (path: string) => string | null;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly responses: ResponseStore;
}

export interface PluginBench extends PluginSupply {
  readonly service: string;
  readonly config: string;
  readonly slots: SlotTable;
  /** All mistakes of the config are gathered here. */
  readonly problems: Problem[];
}

/** The plugins of one phase, in their order. */
export function pluginsOf(
  list: readonly ServicePlugin[],
  phase: 'PRE_AUTH' | 'POST_AUTH',
  path: KeyPath,
  bench: PluginBench,
): Plugin[] {
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
  if (phase === 'PRE_AUTH' && (made.onAuthorized !== undefined || made.inject !== undefined)) {
    const message = `"${name}" is for requests that are allowed, which is not known before authorization`;
    bench.problems.push(problem([...path, 'phase'], message, 'leave phase out'));
  }
  return [inPhase(phase, conditional(made, condition, bench.slots.slot()))];
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
  const { engine, canonicalPath, clock, limits, responses, slots, problems, service, config } = bench;
  return {
    canonicalPath,
    clock,
    limits,
    responses,
    slot: () => slots.slot(),
    place: { service, config, plugin },
    mistake: (at, message, suggestion) => void problems.push(problem([...path, ...at], message, suggestion)),
    compileText: (source, at) => {
      const compiled = compileText(source, engine);
      if (compiled.ok) return compiled.text;
      problems.push(...expressionProblems([...path, ...at], compiled.problems));
      return NO_TEXT;
    },
    compileCondition: (source, at) => {
      const compiled = compileCondition(source, engine);
      if (compiled.ok) return compiled.condition;
      problems.push(...expressionProblems([...path, ...at], compiled.problems));
      return NEVER;
    },
  };
}

/** Stand in for what has a mistake; nothing asks them. */
const NO_TEXT: CompiledText = { evaluate: () => ({ kind: 'absent' }) };
const NEVER: CompiledCondition = { evaluate: () => false, certain: false };
