import type { Socket } from 'node:net';
import { newRequestId } from '../../base/ids.ts';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { RequestBodyError } from '../../gateway/body.ts';
import { Exchange } from '../../gateway/exchange.ts';
import type { Settlement } from '../../gateway/kernel.ts';
import { type Response, refuse } from '../../gateway/outcome.ts';
import { HeadReader } from '../../wire/http1/head-reader.ts';
import { INCOMPLETE } from '../../wire/http1/parse-result.ts';
import type { RequestParser } from '../../wire/http1/request-parser.ts';
import type { Connection, ConnectionFacts, ServeParts } from '../protocol.ts';
import { type HeadRefusal, refusalResponse, unparsed } from '../unparsed.ts';
import { Answer, type AnswerSide } from './answer.ts';
import { ByteQueue } from './byte-queue.ts';
import { refusalText, switchingText } from './head-text.ts';
import { CHUNKED, NO_BODY, type Opening, OVERLOADED, openRequest, parseRefusal, TOO_SLOW } from './opening.ts';
import { type BodySource, RequestBody } from './request-body.ts';
import { Tunnel, type TunnelSide } from './tunnel.ts';

/** An idle connection of a listener that stops may have a request on its way. */
const LAST_CALL = 1_000;
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const NEVER = Number.POSITIVE_INFINITY;

/**
 * `head`: the next request is awaited or arrives. `exchange`: one is served. `tunnel`: a WebSocket is open.
 * `closing`: the last answer is out, what still arrives is dropped until the client has closed (a socket that is
 * closed with unread bytes is reset, and the answer would be lost). `closed`: it is over.
 */
type Phase = 'head' | 'exchange' | 'tunnel' | 'closing' | 'closed';

/** One client's connection: its requests are read and served one after another, whatever arrives behind them. */
export class Http1Connection implements Connection, Expiring, AnswerSide, BodySource, TunnelSide {
  deadline: number;
  rosterSlot = NOT_ROSTERED;
  readonly isEncrypted: boolean;
  readonly #socket: Socket;
  readonly #facts: ConnectionFacts;
  readonly #parts: ServeParts;
  readonly #parser: RequestParser;
  readonly #reader: HeadReader;
  readonly #input: ByteQueue;
  readonly #answer: Answer;
  #phase: Phase = 'head';
  #x: Exchange | null = null;
  #body: RequestBody | null = null;
  #tunnel: Tunnel | null = null;
  #webSocketKey = '';
  /** Requests that were read. */
  #requests = 0;
  #closesAfterThis = false;
  #clientEnded = false;
  #isPumping = false;
  #readBy = NEVER;
  #writeBy = NEVER;

  constructor(socket: Socket, facts: ConnectionFacts, parts: ServeParts, parser: RequestParser) {
    this.#socket = socket;
    this.#facts = facts;
    this.#parts = parts;
    this.#parser = parser;
    this.#reader = new HeadReader(parser);
    this.#input = new ByteQueue(socket);
    this.isEncrypted = facts.scheme === 'https';
    this.#answer = new Answer(socket, this, parts.limits.writeIdle);
    this.deadline = performance.now() + parts.limits.headTimeout;
    parts.sweeper.add(this);
  }

  /** `first`: bytes that were read already. */
  begin(first: Buffer | null): void {
    const socket = this.#socket;
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.#closed());
    if (socket.destroyed) this.#closed();
    else if (first !== null) this.#received(first);
  }

  /** Also for an exchange that is under way: its answer may not have said that it is the last, so more may come. */
  drain(): void {
    if (this.#phase === 'head') this.deadline = Math.min(this.deadline, performance.now() + LAST_CALL);
    else this.#tunnel?.terminate(refuse('shutting-down'));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #received(chunk: Buffer): void {
    if (this.#phase === 'closing' || this.#phase === 'closed') return;
    this.#input.push(chunk);
    this.#pump();
  }

  /** Reads on as far as it goes. Never nested: an answer that is given at once makes the loop go round again. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      while (this.#input.chunk !== null && this.#step(this.#input.chunk)) {}
    } catch (thrown) {
      this.#parts.mistake(thrown);
      this.#input.clear();
      this.#socket.destroy();
    }
    this.#isPumping = false;
    if (this.#isInputOver) this.#inputOver();
    this.#input.regulate();
  }

  /** Whether there may be more to do. */
  #step(chunk: Buffer): boolean {
    switch (this.#phase) {
      case 'head':
        return this.#readHead(chunk);
      case 'exchange':
      case 'tunnel':
        return this.#readBody(chunk);
      case 'closing':
      case 'closed':
        this.#input.clear();
        return false;
    }
  }

  #readHead(chunk: Buffer): boolean {
    const isNew = !this.#reader.hasBegun;
    const end = this.#reader.read(chunk, this.#input.at, chunk.length);
    if (end === INCOMPLETE) {
      this.#input.advance(chunk.length);
      if (isNew && this.#requests > 0) this.deadline = performance.now() + this.#parts.limits.headTimeout;
    } else if (end < 0) {
      this.#refuse(parseRefusal(end), false);
    } else {
      this.#input.advance(end);
      this.#requests++;
      this.#open();
    }
    return true;
  }

  #readBody(chunk: Buffer): boolean {
    const body = this.#body;
    if (body === null || body.isComplete || !body.isWanted || this.#isBeforeTunnel) return false;
    this.#input.advance(body.take(chunk, this.#input.at, chunk.length));
    if (body.isComplete) this.#bodyComplete();
    else if (body.failure !== null) this.#bodyFailed();
    else if (this.#tunnel !== null) this.stirred();
    else this.#awaitBody(body);
    return true;
  }

  /** The head of a request is in the parser. */
  #open(): void {
    const parser = this.#parser;
    const snapshot = this.#parts.snapshot();
    const opening = this.#parts.isOverloaded() ? OVERLOADED : openRequest(parser, this.#facts, snapshot);
    if ('reason' in opening) {
      this.#refuse(opening, parser.method === 'HEAD');
      return;
    }
    this.#closesAfterThis = opening.closes;
    this.#webSocketKey = opening.key ?? '';
    const body = this.#bodyOf(opening);
    this.#serve(new Exchange(newRequestId(), snapshot, opening.head, body, this.#parts.clock.monotonic()), body);
  }

  #bodyOf({ framing, key, expectsContinue }: Opening): RequestBody | null {
    if (key !== null) return new RequestBody(NEVER, this, false);
    return framing === NO_BODY ? null : new RequestBody(framing === CHUNKED ? null : framing, this, expectsContinue);
  }

  #serve(x: Exchange, body: RequestBody | null): void {
    this.#phase = 'exchange';
    this.deadline = NEVER;
    this.#x = x;
    this.#body = body;
    if (body !== null) body.exchange = x;
    this.#answer.prepare(x);
    this.#parts.kernel.handle(x, this.#answer);
  }

  /** Answers a request that cannot be served. Where the next one begins cannot be trusted, so this is the last. */
  #refuse(refusal: HeadRefusal, isHead: boolean): void {
    const request = unparsed(this.#facts.peerAddress, refusal);
    this.#parts.kernel.refusedUnparsed(request);
    if (this.#socket.writable) this.#socket.write(refusalText(refusalResponse(request), isHead), 'latin1');
    this.#close();
  }

  // What the request's body asks for.

  wanted(): void {
    const body = this.#body;
    if (body === null || this.#isBeforeTunnel) return;
    if (this.#tunnel === null) this.#awaitBody(body);
    this.#pump();
  }

  /** What the client sends in a tunnel flows only when there is one. */
  get #isBeforeTunnel(): boolean {
    return this.#webSocketKey !== '' && this.#tunnel === null;
  }

  sayContinue(): void {
    if (!this.#answer.isUnderWay && this.#socket.writable) this.#socket.write(CONTINUE, 'latin1');
  }

  /** A body that is held back by its reader is not the client's fault; its reader has a time-out of its own. */
  #awaitBody(body: RequestBody): void {
    this.#await(body.isWanted ? performance.now() + this.#parts.limits.bodyIdle : NEVER, this.#writeBy);
  }

  #bodyComplete(): void {
    this.#await(NEVER, this.#writeBy);
    if (this.#x === null) this.#next();
  }

  /** Nothing behind it can be read as a request. */
  #bodyFailed(): void {
    this.#closesAfterThis = true;
    this.#input.clear();
    this.#await(NEVER, this.#writeBy);
    if (this.#x === null) this.#close();
  }

  // What the answer asks for.

  closesAfterAnswer(): boolean {
    const body = this.#body;
    if (this.#parts.isDraining()) this.#closesAfterThis = true;
    else if (body !== null && !body.isComplete && !body.restIsAtMost(this.#parts.limits.drainBytes)) {
      this.#closesAfterThis = true;
    }
    return this.#closesAfterThis;
  }

  writeBy(deadline: number): void {
    this.#await(this.#readBy, deadline);
  }

  answered(): void {
    const body = this.#body;
    this.#x = null;
    if (this.#closesAfterThis || body?.failure != null) this.#close();
    else if (body === null || body.isComplete) this.#next();
    else this.#dropRest(body);
  }

  /** RFC 9112 9.3: the next request begins behind the body, whether or not anybody read it. */
  #dropRest(body: RequestBody): void {
    body.dropRest();
    this.#await(performance.now() + this.#parts.limits.drainTime, NEVER);
    this.#pump();
  }

  reset(): void {
    if (this.isEncrypted) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #next(): void {
    const { limits, isDraining } = this.#parts;
    this.#phase = 'head';
    this.#body = null;
    this.#readBy = NEVER;
    this.#writeBy = NEVER;
    this.deadline = performance.now() + (isDraining() ? LAST_CALL : limits.keepAliveTimeout);
    this.#pump();
  }

  // Tunnels.

  openTunnel(x: Exchange, response: Response, settlement: Settlement): void {
    const head = switchingText(response.headers, this.#webSocketKey);
    if (head === null) {
      response.body?.destroy();
      this.reset();
      settlement.settled(x, false);
      return;
    }
    this.#phase = 'tunnel';
    this.#tunnel = new Tunnel(this.#socket, this, x, response, settlement);
    this.stirred();
    this.#tunnel.open(head);
    this.#pump();
  }

  stirred(): void {
    if (this.#phase === 'tunnel') this.deadline = performance.now() + this.#parts.limits.tunnelIdle;
  }

  endWithin(ms: number): void {
    this.#phase = 'closing';
    this.#input.clear();
    this.deadline = performance.now() + ms;
    this.#input.regulate();
  }

  // The end.

  /** The client sends no more. What it sent whole is still answered. */
  #ended(): void {
    this.#clientEnded = true;
    if (!this.#isPumping && this.#isInputOver) this.#inputOver();
  }

  /** What waits behind a request that has all it needs is not read before its answer is out. */
  get #isInputOver(): boolean {
    if (!this.#clientEnded) return false;
    const isBehind = this.#phase === 'exchange' && (this.#body === null || this.#body.isComplete);
    return isBehind || this.#input.chunk === null;
  }

  #inputOver(): void {
    switch (this.#phase) {
      case 'head':
        this.#close();
        return;
      case 'exchange':
        this.#clientEndedExchange();
        return;
      case 'tunnel':
        this.#body?.end();
        return;
      case 'closing':
        this.#socket.destroySoon();
        return;
      case 'closed':
        return;
    }
  }

  /**
   * The end of a half may be that of the client, and nobody can tell before something is written: an answer gets some
   * time to begin, and a stream that may be silent for ever gets none.
   */
  #clientEndedExchange(): void {
    if (this.#body !== null && !this.#body.isComplete) this.#bodyCutOff();
    else if (!this.#answer.isUnderWay)
      this.#await(performance.now() + this.#parts.limits.halfClosedTime, this.#writeBy);
    else if (this.#x?.isOpenStream === true) this.#socket.destroy();
  }

  #bodyCutOff(): void {
    const body = this.#body;
    if (body === null || body.isComplete || body.failure !== null) return;
    body.fail(new RequestBodyError('bad-request', 'the client ended the connection'));
    this.#bodyFailed();
  }

  /** Ends our side, and waits a moment for the client to have read everything. */
  #close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closing';
    this.#body = null;
    this.#input.clear();
    this.#socket.end();
    this.deadline = performance.now() + this.#parts.limits.drainTime;
    this.#input.regulate();
  }

  #closed(): void {
    const x = this.#x;
    this.#phase = 'closed';
    this.#parts.sweeper.delete(this);
    this.#input.clear();
    this.#tunnel?.closed(this.#clientEnded);
    if (x === null) return;
    x.aborted = this.#tunnel === null || x.aborted;
    this.#answer.lost();
    this.#body?.fail(new RequestBodyError('client-gone', 'the client went away'));
    x.cancelUpstream?.();
  }

  expired(now: number): void {
    switch (this.#phase) {
      case 'head':
        this.#expiredHead();
        return;
      case 'exchange':
        this.#expiredExchange(now);
        return;
      default:
        this.#socket.destroy();
    }
  }

  #expiredHead(): void {
    if (this.#reader.hasBegun || (this.#requests === 0 && !this.#parts.isDraining())) this.#refuse(TOO_SLOW, false);
    else this.#close();
  }

  #expiredExchange(now: number): void {
    const isHalfClosed = this.#clientEnded && !this.#answer.isUnderWay;
    if (this.#x === null || this.#writeBy <= now || isHalfClosed) {
      this.#socket.destroy();
      return;
    }
    if (this.#body?.isWanted === true) {
      this.#body.fail(new RequestBodyError('body-too-slow', 'the request body stopped arriving'));
      this.#bodyFailed();
    } else {
      this.#await(NEVER, this.#writeBy);
    }
  }

  #await(readBy: number, writeBy: number): void {
    this.#readBy = readBy;
    this.#writeBy = writeBy;
    this.deadline = Math.min(readBy, writeBy);
  }
}
