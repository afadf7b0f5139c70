import { isPromise } from '../base/awaitable.ts';
import { messageOf } from '../base/errors.ts';
import { HeaderList } from '../base/header-list.ts';
import { DECISION_HEADER, decisionHeader } from './decision-header.ts';
import { type Exchange, NOBODY_ANSWERED } from './exchange.ts';
import { grpcAnswer } from './grpc/from-upstream.ts';
import type { Kernel, KernelParts, ResponseWriter, Settlement, UnparsedRequest } from './kernel.ts';
import { isOpenEnded } from './open-streams.ts';
import { type Outcome, type Refusal, type Response, refuse } from './outcome.ts';
import type { CompiledService } from './snapshot.ts';
import type { Step } from './step.ts';
import { authorize } from './steps/authorize.ts';
import { bufferBody } from './steps/buffer-body.ts';
import { forward } from './steps/forward.ts';
import { grpc } from './steps/grpc.ts';
import { identify } from './steps/identify.ts';
import { ownAddress } from './steps/own-address.ts';
import { injectCredential, postAuthPlugins, preAuthPlugins, responsePlugins } from './steps/plugins.ts';
import { prepare } from './steps/prepare.ts';
import { route } from './steps/route.ts';
import { selectConfig } from './steps/select-config.ts';
import { webSocketOrigin } from './steps/web-socket-origin.ts';

/**
 * A request's way, top to bottom. `downstream/` has accepted: the head is canonical and the snapshot is pinned.
 * | step              | gives                                   | refuses with                                   | */
const WAY: readonly Step[] = [
  ownAddress, //       sign-in, portal, hand-over               whatever the site says
  route, //            x.service                                no-route, service-broken, service-disabled
  grpc, //             x.grpc, on gRPC Services                 grpc-path, grpc-protocol
  webSocketOrigin, //                                           origin-refused
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

const NO_HOOKS: readonly [] = [];

export function createKernel(parts: KernelParts): Kernel {
  return new Pipeline(parts);
}

class Pipeline implements Kernel, Settlement {
  readonly #parts: KernelParts;

  constructor(parts: KernelParts) {
    this.#parts = parts;
  }

  handle(x: Exchange, writer: ResponseWriter): void {
    x.writer = writer;
    x.bodyLimits = this.#parts.bodyLimits;
    for (const observer of this.#parts.observers) observer.accepted?.(x);
    this.#walk(x, 0);
  }

  refusedUnparsed(request: UnparsedRequest): void {
    for (const observer of this.#parts.observers) observer.unparsed?.(request);
  }

  /** Goes on as long as steps give values; a promise goes on where it left. */
  #walk(x: Exchange, from: number): void {
    for (let i = from; i < WAY.length; i++) {
      const given = this.#take(x, WAY[i] as Step);
      if (isPromise(given)) {
        given.then(
          (outcome) => (outcome === null ? this.#walk(x, i + 1) : this.#answer(x, outcome)),
          (thrown: unknown) => this.#answer(x, failed(thrown)),
        );
        return;
      }
      if (given !== null) {
        this.#answer(x, given);
        return;
      }
    }
    if (x.response === null) this.#answer(x, refuse('internal-error', 'no step gave an answer'));
    else this.#send(x, x.response);
  }

  #take(x: Exchange, step: Step): ReturnType<Step> {
    try {
      return step(x, this.#parts);
    } catch (thrown) {
      return failed(thrown);
    }
  }

  #answer(x: Exchange, outcome: Outcome): void {
    x.response?.body?.destroy();
    if (outcome.kind === 'refusal') this.#refuse(x, outcome);
    else if (x.answeredBy === NOBODY_ANSWERED) this.#send(x, outcome.response);
    else this.#answerOfPlugin(x, outcome.response);
  }

  /** The plugins before it see it as they would see an answer of the upstream. */
  #answerOfPlugin(x: Exchange, response: Response): void {
    x.body?.destroy();
    x.response = x.grpc === null ? response : grpcAnswer(x.grpc, response);
    this.#walk(x, WAY.indexOf(responsePlugins));
  }

  #refuse(x: Exchange, refusal: Refusal): void {
    const later = this.#parts.answerLater?.(x, refusal) ?? null;
    if (later === null) {
      this.#send(x, this.#spell(x, refusal));
      return;
    }
    x.refusal = refusal;
    later.then(
      (response) => this.#send(x, response ?? this.#spell(x, refusal)),
      (thrown: unknown) => this.#send(x, this.#spell(x, failed(thrown))),
    );
  }

  #spell(x: Exchange, refusal: Refusal): Response {
    x.refusal = refusal;
    try {
      return this.#parts.spell(x, refusal);
    } catch (thrown) {
      x.refusal = failed(thrown);
      return { status: 500, headers: new HeaderList(), body: null };
    }
  }

  #send(x: Exchange, given: Response): void {
    const response = this.#told(x, given);
    x.response = response;
    if (x.split !== null && x.split.cookie !== null) response.headers.append('set-cookie', x.split.cookie);
    if (x.request.debugToken !== undefined) this.#tellDecision(x, response);
    if (isOpenEnded(response)) this.#parts.streams.add(x);
    x.writer!.send(x, response, this);
  }

  /** Plugins that see every answer see this one. Where one throws, nothing is sent that it should have changed. */
  #told(x: Exchange, response: Response): Response {
    if (x.service === null) return response;
    try {
      tellPlugins(x, x.service, response);
      return response;
    } catch (thrown) {
      x.refusal = refuse('plugin-error', messageOf(thrown));
      response.body?.destroy();
      return { status: 500, headers: new HeaderList(), body: null };
    }
  }

  #tellDecision(x: Exchange, { headers }: Response): void {
    if (this.#parts.acceptsDebugToken?.(x.request.debugToken!) === true)
      headers.set(DECISION_HEADER, decisionHeader(x));
  }

  settled(x: Exchange, whole: boolean): void {
    const { streams, bodyLimits, clock, observers } = this.#parts;
    if (!whole) x.aborted = true;
    streams.delete(x);
    x.body?.destroy();
    bodyLimits.budget.giveBack(x);
    x.timings.settled = clock.monotonic();
    for (const hook of x.config?.chain.onSettled ?? NO_HOOKS) hook(x);
    for (const hook of x.service?.chain.onSettled ?? NO_HOOKS) hook(x);
    for (const observer of observers) observer.settled(x);
  }
}

/** Those that see every answer, whoever gave it. */
function tellPlugins(x: Exchange, { chain }: CompiledService, response: Response): void {
  for (const hook of x.config?.chain.onAnswer ?? NO_HOOKS) hook(x, response);
  for (const hook of chain.onAnswer ?? NO_HOOKS) hook(x, response);
}

function failed(thrown: unknown): Refusal {
  return refuse('internal-error', messageOf(thrown));
}
