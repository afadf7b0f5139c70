import type { AnonymousPrincipal } from '../../../identity/principal.ts';
import { isPromise } from '../../base/awaitable.ts';
import { messageOf } from '../../base/errors.ts';
import { type Exchange, NOBODY_ANSWERED } from '../exchange.ts';
import { type Outcome, type Refusal, RefusedError, refuse } from '../outcome.ts';
import type { Placed, RequestHook, ResponseHook } from '../plugin.ts';
import type { Step } from '../step.ts';

const STRANGER: AnonymousPrincipal = { kind: 'anonymous', user: null, groups: [], session: null, device: null };

/** Their conditions see a request of nobody: who it is of is not known yet. */
export const preAuthPlugins: Step = (x, { buildInput }) => {
  const { onRequest, readsInput } = x.service!.chain;
  if (onRequest === null) return null;
  if (readsInput) x.input = buildInput(x, STRANGER);
  return runPlaced(x, onRequest, 0);
};

export const postAuthPlugins: Step = (x) => {
  const { onAuthorized } = x.config!.chain;
  return onAuthorized === null ? null : runPlaced(x, onAuthorized, 0);
};

export const injectCredential: Step = (x) => {
  const { inject } = x.config!.chain;
  return inject === null ? null : runPlaced(x, { hooks: inject, positions: [] }, 0);
};

/** Those of the config first, then those of the Service, which stand before them on the way in. */
export const responsePlugins: Step = (x) => {
  const inner = x.config?.chain.onResponse ?? null;
  const outer = x.service!.chain.onResponse;
  const given = inner === null ? null : runResponseHooks(x, inner, 0);
  if (outer === null) return given;
  if (isPromise(given)) return given.then((refusal) => refusal ?? runResponseHooks(x, outer, 0));
  return given ?? runResponseHooks(x, outer, 0);
};

/** Runs hooks in their order, without a promise as long as none of them gives one. */
function runPlaced(x: Exchange, chain: Placed<RequestHook>, from: number): ReturnType<Step> {
  for (let i = from; i < chain.hooks.length; i++) {
    const given = guarded(x, chain.hooks[i] as RequestHook);
    if (isPromise(given)) return continueAfter(x, given, chain, i);
    if (given !== null) return answered(x, given, chain, i);
  }
  return null;
}

async function continueAfter(
  x: Exchange,
  given: Promise<Outcome | null>,
  chain: Placed<RequestHook>,
  at: number,
): Promise<Outcome | null> {
  try {
    const outcome = await given;
    return outcome === null ? await runPlaced(x, chain, at + 1) : answered(x, outcome, chain, at);
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

function answered(x: Exchange, outcome: Outcome, { positions }: Placed<RequestHook>, at: number): Outcome {
  x.answeredBy = positions[at] ?? NOBODY_ANSWERED;
  return outcome;
}

/** A plugin that throws refuses its own request: nothing has been forwarded yet. */
function guarded(x: Exchange, hook: RequestHook): ReturnType<RequestHook> {
  try {
    return hook(x);
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

/** The same, for those that see the answer; they answer nothing. */
function runResponseHooks(x: Exchange, chain: Placed<ResponseHook>, from: number): ReturnType<Step> {
  const { hooks, positions } = chain;
  try {
    for (let i = from; i < hooks.length; i++) {
      if ((positions[i] as number) >= x.answeredBy) continue;
      const given = (hooks[i] as ResponseHook)(x);
      if (isPromise(given)) return continueResponse(x, given, chain, i + 1);
    }
    return null;
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

async function continueResponse(
  x: Exchange,
  given: Promise<void>,
  chain: Placed<ResponseHook>,
  from: number,
): Promise<Outcome | null> {
  try {
    await given;
    return await runResponseHooks(x, chain, from);
  } catch (thrown) {
    return pluginFailed(thrown);
  }
}

function pluginFailed(thrown: unknown): Refusal {
  return thrown instanceof RefusedError ? thrown.refusal : refuse('plugin-error', messageOf(thrown));
}
