import type { Principal } from '../../identity/principal.ts';
import type { Decision } from '../../policies/decision.ts';
import type { PolicyInput } from '../../policies/input.ts';
import type { HeaderList } from '../base/header-list.ts';
import type { Body } from './body.ts';
import type { Refusal, Response } from './outcome.ts';
import type { CompiledConfig, CompiledService, Snapshot } from './snapshot.ts';

/**
 * The canonical view of a request, built once at accept: router, policies, plugins, log and upstream read this and
 * nothing else (`downstream/canonical/`). Frozen in meaning: nobody changes it after accept.
 */
export interface RequestHead {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** Lower case, without port and trailing dot. */
  readonly host: string;
  /** As in URLs that are sent to browsers: `host`, or `host:port` where the port is not the scheme's own. */
  readonly authority: string;
  /** Canonical and percent-encoded, begins with a slash, has no query. */
  readonly path: string;
  /** After the question mark, without it; empty when there is none. */
  readonly query: string;
  /** Hop-by-hop fields, fields with an underscore, our identity fields and untrusted forwarding fields are gone. */
  readonly headers: HeaderList;
  /** The client's address, behind trusted proxies the one that they state. */
  readonly clientAddress: string;
  readonly httpVersion: '1.0' | '1.1' | '2';
}

/** The request that the upstream will see. Plugins and credentials change this one. */
export interface OutgoingRequest {
  method: string;
  path: string;
  query: string;
  /** Value of the Host field. `null`: the upstream's own. */
  authority: string | null;
  headers: HeaderList;
  body: Body | null;
}

/** When the parts of an exchange happened, in monotonic milliseconds; 0 when they did not. */
export interface Timings {
  readonly accepted: number;
  upstreamStarted: number;
  upstreamAnswered: number;
  settled: number;
}

/** A request body that was read before authorization, because the Service asks for it. */
export interface BufferedRequest {
  readonly bytes: Buffer;
  /** The parsed JSON object when the Service's body mode is JSON, else `null`. */
  readonly json: Readonly<Record<string, unknown>> | null;
}

/**
 * One request with its response, in flight. Every field exists from the start, so that all exchanges have one
 * shape; each is written by the one step of `pipeline.ts` that is named beside it.
 */
export class Exchange {
  readonly id: string;
  readonly snapshot: Snapshot;
  readonly request: RequestHead;
  readonly timings: Timings;
  /** accept; `buffer body` replaces it by the bytes that it read */
  body: Body | null;
  /** buffer body */
  buffered: BufferedRequest | null = null;
  /** buffer body: bytes of the budget that this exchange holds until it is settled */
  budgeted = 0;
  /** route */
  service: CompiledService | null = null;
  /** identify */
  principal: Principal | null = null;
  /** identify: our own token came in `Authorization`, so it is never passed on */
  authorizationConsumed = false;
  /** authorize, or the first step before it that needs the input of conditions */
  input: PolicyInput | null = null;
  /** authorize */
  decision: Decision | null = null;
  /** select config */
  config: CompiledConfig | null = null;
  /** prepare */
  outgoing: OutgoingRequest | null = null;
  /** upstream: the address that was dialled, for the log */
  upstreamAddress: string | null = null;
  /** upstream: gives up on the request that is under way; `downstream/` calls it when the client goes away */
  cancelUpstream: (() => void) | null = null;
  /** whoever refused */
  refusal: Refusal | null = null;
  /** upstream or whoever answered */
  response: Response | null = null;
  /** respond: the downstream connection ended before the response was complete */
  aborted = false;
  bytesReceived = 0;
  bytesSent = 0;

  constructor(id: string, snapshot: Snapshot, request: RequestHead, body: Body | null, accepted: number) {
    this.id = id;
    this.snapshot = snapshot;
    this.request = request;
    this.body = body;
    this.timings = { accepted, upstreamStarted: 0, upstreamAnswered: 0, settled: 0 };
  }
}
