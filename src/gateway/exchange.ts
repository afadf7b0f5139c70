import type { Principal } from '../../identity/principal.ts';
import type { Decision } from '../../policies/decision.ts';
import type { PolicyInput } from '../../policies/input.ts';
import type { SplitNote } from '../../policies/split/split.ts';
import type { HeaderList } from '../base/header-list.ts';
import { NOT_ROSTERED, type Rostered } from '../base/roster.ts';
import type { Body } from './body.ts';
import type { BodyLimits } from './body-budget.ts';
import type { ResponseWriter } from './kernel.ts';
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
  /** The one upgrade that is served: the client asks for a WebSocket (RFC 6455, or RFC 8441 over HTTP/2). */
  readonly upgrade: 'websocket' | null;
  /** What TLS established about this connection; `null` on a cleartext one. Shared by its requests. */
  readonly tls: TlsFacts | null;
  /** As it was shown, not verified; left out when there is none. */
  readonly debugToken?: string;
}

export interface TlsFacts {
  /** As in `TLSv1.3`. */
  readonly version: string;
  /** Lower case; `null` when the client sent none. */
  readonly serverName: string | null;
  /** Verified against the configured client CAs; `null` when the client showed none. */
  readonly clientCertificate: ClientCertificate | null;
}

/** Who the client proved to be in the TLS handshake. */
export interface ClientCertificate {
  /** RFC 4514, as in `CN=robot,O=Example`. */
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal, upper case, as OpenSSL writes it. */
  readonly serialNumber: string;
  /** SHA-256 of the DER form, hexadecimal, lower case, without colons. */
  readonly fingerprint: string;
  readonly dnsNames: readonly string[];
  readonly emails: readonly string[];
  readonly uris: readonly string[];
}

/** A call of a gRPC Service, from the path `/package.Service/Method`. */
export interface GrpcCall {
  /** Empty when the service has none. */
  readonly package: string;
  readonly service: string;
  /** `package.Service` */
  readonly serviceFullName: string;
  readonly method: string;
  /** How the client spells messages; `web` ones are translated. */
  readonly wire: 'grpc' | 'web' | 'web-text';
  /** Milliseconds of `grpc-timeout`, `null` when the client set none. */
  readonly timeout: number | null;
  /** upstream, or whoever refused: the `grpc-status` of the answer; `null` as long as there is none */
  status: number | null;
  /** upstream: the HTTP/2 error code that the call was reset with before it was answered */
  resetCode: number | null;
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
  /** Asks the upstream for a WebSocket; its handshake is generated, never copied. */
  upgrade: 'websocket' | null;
  /** Writes what depends on the try itself: called before each one, with its Host. Must not throw. */
  sign: ((authority: string) => void) | null;
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

/** What the access log shows beside its own fields, for configs that ask for it. */
export interface LoggedContent {
  /** By name in lower case; values of one name are joined by commas. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** `null`: there was none, or it was no text, too large or not whole. */
  readonly requestBody?: string | null;
  readonly responseBody?: string | null;
  /** `null` also when it was no JSON object. */
  readonly requestBodyMap?: Readonly<Record<string, unknown>> | null;
  readonly responseBodyMap?: Readonly<Record<string, unknown>> | null;
}

/** Behind every plugin: the answer is the upstream's, which all of them see. */
export const NOBODY_ANSWERED = Number.MAX_SAFE_INTEGER;

/**
 * One request with its response, in flight. Every field exists from the start, so that all exchanges have one
 * shape; each is written by the one step of `pipeline.ts` that is named beside it.
 */
export class Exchange implements Rostered {
  readonly id: string;
  readonly snapshot: Snapshot;
  /** accept; `own address` replaces it by the form that was kept, once its sender agrees */
  request: RequestHead;
  readonly timings: Timings;
  /** accept; `buffer body`, or a plugin that reads it, replaces it by the bytes that it read */
  body: Body | null;
  /** the kernel, which sends every answer through it */
  writer: ResponseWriter | null = null;
  /** buffer body */
  buffered: BufferedRequest | null = null;
  /** the kernel: what bodies in memory may take, for who reads one */
  bodyLimits: BodyLimits | null = null;
  /** buffer body, or a plugin that reads it: bytes of the budget that this exchange holds until it is settled */
  budgeted = 0;
  /** route */
  service: CompiledService | null = null;
  /** grpc, on Services of mode GRPC */
  grpc: GrpcCall | null = null;
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
  /** select config: how one of several was chosen; `null`: the rule names one */
  split: SplitNote | null = null;
  /** prepare */
  outgoing: OutgoingRequest | null = null;
  /** upstream: how many times the request was sent */
  attempts = 0;
  /** upstream: the address that was dialled, for the log */
  upstreamAddress: string | null = null;
  /**
   * upstream: gives up on the request that is under way, which is refused so; `downstream/` calls it when the client
   * goes away, which needs no word
   */
  cancelUpstream: ((refusal?: Refusal) => void) | null = null;
  /** downstream: passes an interim answer (1xx but 101) on at once; `null` where the protocol cannot */
  sendInterim: ((status: number, headers: HeaderList) => void) | null = null;
  /** downstream: ends an answer that is under way, as its protocol can say it; `null` when none is */
  terminate: ((refusal: Refusal) => void) | null = null;
  /** whoever refused */
  refusal: Refusal | null = null;
  /** upstream or whoever answered */
  response: Response | null = null;
  /** plugins: what they keep from one hook to a later one, by `Slot` */
  slots: unknown[] | null = null;
  /** plugins: the position of the one that answered itself, so that those before it see its answer, and no others */
  answeredBy = NOBODY_ANSWERED;
  /** plugins: once it is settled */
  logged: LoggedContent | null = null;
  /** the kernel: listed in `OpenStreams` */
  isOpenStream = false;
  /** `OpenStreams` */
  rosterSlot = NOT_ROSTERED;
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
