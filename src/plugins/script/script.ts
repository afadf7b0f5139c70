import { isPromise } from '../../base/awaitable.ts';
import { AppError } from '../../base/errors.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Outcome, refuse } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { Slot } from '../../gateway/slot.ts';
import type { KeyPath } from '../../model/source.ts';
import type { PluginDeps } from '../deps.ts';
import { SchemaCompiler } from '../json-schema/validator/compile.ts';
import { misfitOf } from '../json-schema/validator/validate.ts';
import { type SeenBody, seenBody } from './body.ts';
import { answerOf, changeRequest, changeResponse } from './carry-out.ts';
import { readRequestGiven, readResponseGiven } from './given.ts';
import type { Script, ScriptQuestion, ScriptReply } from './host.ts';
import type { ScriptCall } from './schema.ts';
import { contextOf, type RequestView, requestView, responseView, withBody } from './views.ts';

/** Calls a plugin that users have written, in a thread of its own. */
export const plugin: PluginType<ScriptCall, PluginDeps> = {
  create: ({ name, config = {} }, deps): Plugin => {
    const found = deps.scripts.find(name);
    if (found.kind === 'missing') deps.mistake(['name'], found.message, found.suggestion);
    if (found.kind !== 'found') return {};
    judgeConfig(config, found.script, deps);
    return calling({ script: found.script, config: JSON.stringify(config), deps, seen: deps.slot<RequestView>() });
  },
};

function judgeConfig(
  config: Readonly<Record<string, unknown>>,
  { name, schema }: Script,
  { mistake }: PluginDeps,
): void {
  if (schema === null) {
    if (Object.keys(config).length > 0) mistake(['config'], `the script "${name}" takes no configuration`, 'remove it');
    return;
  }
  const misfit = misfitOf(config, new SchemaCompiler(schema).at(''));
  if (misfit === null) return;
  const keys = keysOf(misfit.place);
  mistake(['config', ...keys], `it does not fit the schema of the script "${name}": ${misfit.keyword}`);
}

/** As far as they are those of the schema. */
function keysOf(pointer: string): KeyPath {
  const keys = pointer.split('/').slice(1);
  const unknown = keys.indexOf('*');
  return (unknown < 0 ? keys : keys.slice(0, unknown)).map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

interface Calling {
  readonly script: Script;
  /** JSON */
  readonly config: string;
  readonly deps: PluginDeps;
  /** What the way back is told of the request. */
  readonly seen: Slot<RequestView>;
}

function calling(parts: Calling): Plugin {
  const { hooks } = parts.script;
  const seesRequest = hooks.includes('onRequest');
  return {
    onAuthorized: (x) => {
      const view = requestView(x, parts.script.showsCredentials);
      if (hooks.includes('onResponse')) parts.seen.set(x, view);
      if (!seesRequest) return null;
      const body = seenBody(x, parts.script);
      return isPromise(body) ? body.then((read) => onRequest(x, view, read, parts)) : onRequest(x, view, body, parts);
    },
    ...(hooks.includes('onResponse') && { onResponse: (x: Exchange) => onResponse(x, parts) }),
  };
}

async function onRequest(x: Exchange, view: RequestView, body: SeenBody, parts: Calling): Promise<Outcome | null> {
  if (body.kind === 'refusal') return body;
  const { script, config, deps } = parts;
  const question: ScriptQuestion = {
    hook: 'onRequest',
    subject: withBody(view, body.value),
    context: contextOf(x),
    config,
  };
  const reply = await script.call(question);
  if (reply.kind === 'busy') return refuse('overloaded', saidOf(script, reply.because));
  const given = blaming(script, () => readRequestGiven(givenBy(reply, script, 'onRequest')));
  return given.kind === 'answer' ? answerOf(given) : blaming(script, () => changeRequest(x, given, deps));
}

async function onResponse(x: Exchange, { script, config, seen }: Calling): Promise<void> {
  const subject = responseView(x, script.showsCredentials);
  const context = { ...contextOf(x), request: seen.get(x) };
  const reply = await script.call({ hook: 'onResponse', subject, context, config });
  blaming(script, () => changeResponse(x, readResponseGiven(givenBy(reply, script, 'onResponse'))));
}

/** @throws AppError `refused` when there is none */
function givenBy(reply: ScriptReply, script: Script, hook: string): unknown {
  if (reply.kind === 'given') return reply.value;
  throw new AppError('refused', saidOf(script, `${hook}: ${reply.because}`));
}

/** The log says which script it was. */
function blaming<T>(script: Script, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.message.startsWith('script ')) throw thrown;
    throw new AppError('refused', saidOf(script, thrown.message), { cause: thrown });
  }
}

function saidOf({ name, version }: Script, what: string): string {
  return `script ${name} ${version}: ${what}`;
}
