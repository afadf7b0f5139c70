import type { Socket } from 'node:net';
import type { HeaderList } from '../../base/header-list.ts';
import { type Body, BufferedBody } from '../../gateway/body.ts';
import type { HeadReader } from '../../wire/http1/head-reader.ts';
import { INCOMPLETE } from '../../wire/http1/parse-result.ts';
import type { ResponseParser } from '../../wire/http1/response-parser.ts';
import { UpstreamFailure } from '../failures.ts';
import { passedFields } from '../response-head.ts';
import type { Attempt, TransportParts } from '../transport.ts';
import { AnswerBody, type ReceivingConnection, wholeBody } from './answer-body.ts';
import {
  type AnswerFraming,
  answerFraming,
  framingProblem,
  headProblem,
  keepAliveTime,
  staysOpen,
} from './answer-framing.ts';
import type { Intake } from './intake.ts';
import { joined, RequestBody, type SendingConnection } from './request-body.ts';
import { framingOf } from './request-head.ts';
import { handshakeProblem, tunnelFields } from './web-socket.ts';

/** The connection, as the call on it sees it. */
export interface Line {
  readonly parts: TransportParts;
  readonly parser: ResponseParser;
  readonly heads: HeadReader;
  readonly intake: Intake;
  readonly socket: Socket;
  /** When the call expires. */
  deadline: number;
  /** The call is over. `idleTime`: milliseconds that the connection may wait for the next one; 0: it is spoilt. */
  callOver(idleTime: number): void;
}

/** Interim answers before one answer; more are an attack on whoever counts them. */
const MOST_INTERIMS = 16;
/** A body that is sent in one piece with its head. */
const SMALL_BODY = 16 * 1024;
/** Milliseconds without a byte in either direction. */
const TUNNEL_IDLE = 600_000;
const NEVER = Number.POSITIVE_INFINITY;
const CLOSED_EARLY = 'the upstream closed the connection before its answer was complete';

/** `head`: the request goes out, its answer is awaited; `body`: it arrives; `tunnel`: after a 101. */
type Phase = 'head' | 'body' | 'tunnel' | 'over';

/** One attempt on a connection: a request and its answer. */
export class Call implements SendingConnection, ReceivingConnection {
  readonly #line: Line;
  readonly #attempt: Attempt;
  /** Of the WebSocket that is asked for. */
  readonly #key: string | null;
  /** The connection has served others before. */
  readonly #isLater: boolean;
  #phase: Phase = 'head';
  /** The body that is being sent; `null` once all of it went out. */
  #sending: RequestBody | null = null;
  #waitsForPeer = false;
  #answer: AnswerBody | null = null;
  #framing: AnswerFraming = 'none';
  #interims = 0;
  #answerBegun = false;
  #peerEnded = false;
  #idleTime = 0;

  constructor(line: Line, attempt: Attempt, webSocketKey: string | null, isLater: boolean) {
    this.#line = line;
    this.#attempt = attempt;
    this.#key = webSocketKey;
    this.#isLater = isLater;
    attempt.cancel = (because) => this.fail(because);
  }

  start(head: string): void {
    const { socket, parts } = this.#line;
    const outgoing = this.#attempt.x.outgoing!;
    const { body } = outgoing;
    const framing = framingOf(outgoing);
    this.#line.deadline = this.#after(parts.timeouts.firstByte);
    if (body === null || framing === 'none') socket.write(head, 'latin1');
    else if (body instanceof BufferedBody && body.length <= SMALL_BODY) socket.write(joined(head, body.bytes, ''));
    else this.#stream(new RequestBody(body, framing, head, socket, this));
  }

  // What the request body tells

  waits(forPeer: boolean): void {
    this.#waitsForPeer = forPeer;
    if (this.#phase === 'tunnel') this.#touch();
    // Waiting for the client is the business of the client's own time limits.
    if (this.#phase === 'head') this.#line.deadline = forPeer ? this.#after(this.#line.parts.timeouts.idle) : NEVER;
  }

  sent(): void {
    this.#sending = null;
    this.#waitsForPeer = false;
    if (this.#phase === 'head') this.#line.deadline = this.#after(this.#line.parts.timeouts.firstByte);
    if (this.#phase !== 'tunnel') return;
    this.#line.socket.end();
    if (this.#peerEnded) this.#finish();
  }

  cutOff(failure: UpstreamFailure): void {
    this.fail(failure);
  }

  // What the reader of the answer tells

  flow(): void {
    this.#touch();
    this.#line.intake.resume();
  }

  abandoned(): void {
    this.fail(new UpstreamFailure('bad-request', 'nobody reads the answer any more'));
  }

  // What the connection tells

  /** Gives the index behind what it took; less than all while nobody reads the answer, and when it is over. */
  take(bytes: Buffer): number {
    const { intake } = this.#line;
    let at = 0;
    while (at < bytes.length && !intake.isPaused && this.#phase !== 'over') {
      if (this.#answer === null) at = this.#takeHead(bytes, at);
      else if (this.#answer.isPiped) at = this.#takeBody(this.#answer, bytes, at);
      else break;
    }
    if (this.#answer?.isPiped === false) intake.pause();
    return at;
  }

  ended(): void {
    if (this.#phase === 'tunnel') this.#endTunnel();
    else if (this.#phase === 'body' && this.#framing === 'close') this.#finish();
    else this.closed();
  }

  expired(): void {
    this.fail(new UpstreamFailure('upstream-timeout', this.#whatWasLate()));
  }

  closed(): void {
    this.lost(new UpstreamFailure('upstream-unreachable', CLOSED_EARLY));
  }

  /** The socket is gone. */
  lost(failure: UpstreamFailure): void {
    const isStale = this.#isLater && this.#phase === 'head' && !this.#answerBegun;
    this.fail(isStale ? new UpstreamFailure(failure.reason, failure.message, true) : failure);
  }

  /** The connection goes with the call, so that neither side takes what it has for complete. */
  fail(failure: UpstreamFailure): void {
    if (this.#phase === 'over') return;
    const answer = this.#answer;
    this.#idleTime = 0;
    this.#leave();
    if (answer === null) {
      this.#attempt.failed(failure, true);
      return;
    }
    this.#attempt.over(false);
    answer.fail(failure);
  }

  #stream(body: RequestBody): void {
    if (this.#phase === 'head') this.#line.deadline = NEVER;
    this.#sending = body;
    body.start();
  }

  #takeHead(bytes: Buffer, from: number): number {
    const { parser, heads } = this.#line;
    this.#answerBegun = true;
    const end = heads.read(bytes, from, bytes.length);
    if (end === INCOMPLETE) return bytes.length;
    const problem = end < 0 ? headProblem(end) : framingProblem(parser);
    if (problem !== null) return this.#invalid(problem, bytes);
    if (parser.status === 101) return this.#openTunnel(bytes, end);
    return parser.status < 200 ? this.#passInterim(bytes, end) : this.#answerWith(bytes, end);
  }

  /** 100 is for us, who asked for nothing. RFC 9110 15.2 */
  #passInterim(bytes: Buffer, end: number): number {
    const { status, fields, facts } = this.#line.parser;
    this.#interims++;
    if (this.#interims > MOST_INTERIMS) return this.#invalid('there are too many interim answers', bytes);
    const { x } = this.#attempt;
    if (status === 102 || status === 103) x.sendInterim?.(status, passedFields(fields, facts.nominated));
    return end;
  }

  #answerWith(bytes: Buffer, end: number): number {
    const { parser } = this.#line;
    const { status, facts } = parser;
    const { contentLength } = facts;
    this.#framing = answerFraming(parser, this.#attempt.x.outgoing!.method);
    this.#idleTime = this.#mayBeReused(parser) ? keepAliveTime(parser.fields, this.#line.parts.limits.keepAlive) : 0;
    const headers = passedFields(parser.fields, facts.nominated);
    // Whoever refuses or redirects does not want the rest; others may answer while they read.
    if (status >= 300) this.#stopSending();
    const whole = wholeBody(this.#framing, contentLength, bytes, end);
    if (whole === null) {
      this.#answerInPieces(status, headers, contentLength);
      return end;
    }
    this.#leave();
    this.#attempt.answered({ status, headers, body: whole.body });
    this.#attempt.over(true);
    return whole.end;
  }

  #answerInPieces(status: number, headers: HeaderList, length: number): void {
    this.#phase = 'body';
    // Until somebody reads.
    this.#line.deadline = NEVER;
    this.#answer = new AnswerBody(this.#framing, length, this);
    this.#attempt.answered({ status, headers, body: this.#answer });
  }

  #mayBeReused(parser: ResponseParser): boolean {
    if (!staysOpen(parser) || this.#framing === 'close' || this.#key !== null) return false;
    return this.#sending === null && this.#line.socket.writableLength === 0;
  }

  #openTunnel(bytes: Buffer, end: number): number {
    const { parser, intake } = this.#line;
    const { headers, body } = this.#attempt.x.outgoing!;
    const problem =
      this.#key === null
        ? 'the answer switches protocols, which was not asked for'
        : handshakeProblem(parser, this.#key, headers);
    if (problem !== null) return this.#invalid(problem, bytes);
    const passed = tunnelFields(passedFields(parser.fields, parser.facts.nominated));
    this.#phase = 'tunnel';
    this.#framing = 'raw';
    this.#answer = new AnswerBody('raw', 0, this);
    intake.becomeTunnel();
    this.#touch();
    this.#attempt.answered({ status: 101, headers: passed, body: this.#answer });
    this.#sendTunnel(body);
    return end;
  }

  #sendTunnel(body: Body | null): void {
    if (this.#phase === 'tunnel' && body !== null) {
      this.#stream(new RequestBody(body, 'raw', '', this.#line.socket, this));
    }
  }

  #endTunnel(): void {
    this.#peerEnded = true;
    this.#answer?.complete();
    if (this.#sending === null) this.#finish();
  }

  #takeBody(answer: AnswerBody, bytes: Buffer, from: number): number {
    switch (answer.take(bytes, from)) {
      case 'more':
        this.#touch();
        return answer.at;
      case 'full':
        this.#line.intake.pause();
        if (this.#phase === 'body') this.#line.deadline = NEVER;
        return answer.at;
      case 'kept':
        this.#line.intake.letGo();
        this.#finish();
        return answer.at;
      case 'whole':
        this.#finish();
        return answer.at;
      case 'malformed':
        return this.#invalid('the answer has a malformed chunk', bytes);
      case 'gone':
        return bytes.length;
    }
  }

  /** The answer is complete. */
  #finish(): void {
    const answer = this.#answer;
    this.#leave();
    this.#attempt.over(true);
    answer?.complete();
  }

  #leave(): void {
    this.#stopSending();
    this.#phase = 'over';
    this.#answer = null;
    this.#attempt.cancel = null;
    this.#line.deadline = NEVER;
    this.#line.callOver(this.#idleTime);
  }

  /** R10: what is not wanted any more is not sent to its end, and nothing else is sent after it. */
  #stopSending(): void {
    const sending = this.#sending;
    if (sending === null) return;
    this.#sending = null;
    this.#idleTime = 0;
    sending.stop();
  }

  #invalid(problem: string, bytes: Buffer): number {
    this.fail(new UpstreamFailure('upstream-invalid', problem));
    return bytes.length;
  }

  #whatWasLate(): string {
    if (this.#phase === 'body') return 'the answer stopped';
    if (this.#phase === 'tunnel') return 'the tunnel was idle';
    return this.#waitsForPeer ? 'the upstream stopped reading the request' : 'no answer came';
  }

  /** A piece of the answer, or of the tunnel, has passed. */
  #touch(): void {
    if (this.#phase === 'tunnel') this.#line.deadline = this.#after(TUNNEL_IDLE);
    else if (this.#phase === 'body') this.#line.deadline = this.#after(this.#line.parts.timeouts.idle);
  }

  #after(milliseconds: number): number {
    return this.#line.parts.clock.monotonic() + milliseconds;
  }
}
