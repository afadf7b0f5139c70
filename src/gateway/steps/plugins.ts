import { isPromise } from '../../base/awaitable.ts';
import { messageOf } from '../../base/errors.ts';
import type { Exchange } from '../exchange.ts';
import { type Outcome, type Refusal, refuse } from '../outcome.ts';
import type { RequestHook, ResponseHook } from '../plugin.ts';
import type { Step } from '../step.ts';

export const preAuthPlugins: Step = (x) => runHooks(x, x.service!.chain.onRequest);

export const postAuthPlugins: Step = (x) => runHooks(x, x.config!.chain.onAuthorized);

export const injectCredential: Step = (x) => runHooks(x, x.config!.chain.inject);

export const responsePlugins: Step = (x) => {
  const hooks = x.config!.chain.onResponse;
  return hooks === null ? null : runResponseHooks(x, hooks);
};

/** Runs hooks in their order, without a promise as long as none of them gives one. */
function runHooks(x: Exchange, hooks: readonly RequestHook[] | null): ReturnType<Step> {
  if (hooks === null) return null;
  for (let i = 0; i < hooks.length; i++) {
    const given = guarded(x, hooks[i] as RequestHook);
    if (isPromise(given)) return continueAfter(x, given, hooks.slice(i + 1));
    if (given !== null) return given;
  }
  return null;
}

async function continueAfter(
  x: Exchange,
  given: Promise<Outcome | null>,
  rest: readonly RequestHook[],
): Promise<Outcome | null> {
  try {
    const outcome = await given;
    return outcome ?? (await runHooks(x, rest));
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

/** A plugin that throws refuses its own request: nothing has been forwarded yet. */
function guarded(x: Exchange, hook: RequestHook): ReturnType<RequestHook> {
  try {
    return hook(x);
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

/** The same; they answer nothing. */
function runResponseHooks(x: Exchange, hooks: readonly ResponseHook[]): ReturnType<Step> {
  try {
    for (let i = 0; i < hooks.length; i++) {
      const given = (hooks[i] as ResponseHook)(x);
      if (isPromise(given)) return continueResponse(x, given, hooks.slice(i + 1));
    }
    return null;
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

async function continueResponse(
  x: Exchange,
  given: Promise<void>,
  rest: readonly ResponseHook[],
): Promise<Outcome | null> {
  try {
    await given;
    return await runResponseHooks(x, rest);
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

function pluginFailed(thrown: unknown): Refusal {
  return refuse('plugin-error', messageOf(thrown));
}
