import { isPromise } from '../base/awaitable.ts';
import { messageOf } from '../base/errors.ts';
import type { Exchange } from './exchange.ts';
import type { Kernel, KernelParts, ResponseWriter } from './kernel.ts';
import { type Outcome, type Response, refuse } from './outcome.ts';
import type { Step } from './step.ts';
import { authorize } from './steps/authorize.ts';
import { bufferBody } from './steps/buffer-body.ts';
import { forward } from './steps/forward.ts';
import { identify } from './steps/identify.ts';
import { ownAddress } from './steps/own-address.ts';
import { injectCredential, postAuthPlugins, preAuthPlugins, responsePlugins } from './steps/plugins.ts';
import { prepare } from './steps/prepare.ts';
import { route } from './steps/route.ts';
import { selectConfig } from './steps/select-config.ts';

/**
 * A request's way, top to bottom. `downstream/` has accepted: the head is canonical and the snapshot is pinned.
 * | step              | gives                                   | refuses with                                   | */
const WAY: readonly Step[] = [
  ownAddress, //       sign-in, portal, hand-over               whatever the site says
  route, //            x.service                                no-route, service-broken, service-disabled
  preAuthPlugins, //                                            what a plugin answers
  identify, //         x.principal                              unauthenticated, session-…, token-invalid
  bufferBody, //       x.buffered, if the Service asks for it   body-too-large, body-too-slow, overloaded, …
  authorize, //        x.decision                               policy-denied, no-policy-match, policy-error, …
  selectConfig, //     x.config                                 no-config, config-error
  prepare, //          x.outgoing, the client's secrets gone
  postAuthPlugins, //  headers, path, what else was written     what a plugin answers
  injectCredential, // our credential, last of all              credential-unavailable
  forward, //          x.response, from the upstream            upstream-unreachable, -invalid, -timeout
  responsePlugins, //  x.response, changed
];

export function createKernel(parts: KernelParts): Kernel {
  return {
    handle: (x, writer) => handle(x, parts, writer),
    refusedUnparsed: (request) => {
      for (const observer of parts.observers) observer.unparsed?.(request);
    },
  };
}

async function handle(x: Exchange, parts: KernelParts, writer: ResponseWriter): Promise<void> {
  for (const observer of parts.observers) observer.accepted?.(x);
  try {
    const response = await walk(x, parts);
    x.response = response;
    // The writer rejects for one reason: the answer did not go out whole. The log line says so.
    await writer.write(x, response).catch(() => {
      x.aborted = true;
    });
  } finally {
    settle(x, parts);
  }
}

async function walk(x: Exchange, parts: KernelParts): Promise<Response> {
  try {
    for (const step of WAY) {
      const given = step(x, parts);
      const outcome = isPromise(given) ? await given : given;
      if (outcome !== null) return answer(x, parts, outcome);
    }
    return x.response ?? answer(x, parts, refuse('internal-error', 'no step gave an answer'));
  } catch (thrown) {
    return answer(x, parts, refuse('internal-error', messageOf(thrown)));
  }
}

function answer(x: Exchange, parts: KernelParts, outcome: Outcome): Response {
  x.response?.body?.destroy();
  if (outcome.kind === 'response') return outcome.response;
  x.refusal = outcome;
  return parts.spell(x, outcome);
}

function settle(x: Exchange, parts: KernelParts): void {
  x.body?.destroy();
  parts.bodyLimits.budget.giveBack(x);
  x.timings.settled = parts.clock.monotonic();
  for (const hook of x.config?.chain.onSettled ?? []) hook(x);
  for (const observer of parts.observers) observer.settled(x);
}
