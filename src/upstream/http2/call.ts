import type { ClientHttp2Stream } from 'node:http2';
import type { Clock } from '../../base/clock.ts';
import { NOT_ROSTERED } from '../../base/roster.ts';
import type { Expiring } from '../../base/sweeper.ts';
import { type Body, BufferedBody } from '../../gateway/body.ts';
import { requestCutOff, UpstreamFailure } from '../failures.ts';
import type { UpstreamTimeouts } from '../spec.ts';
import type { Attempt } from '../transport.ts';
import { Answer, type AnswerOwner } from './answer.ts';
import { type AnswerHead, answerHead, sectionBytes } from './answer-head.ts';
import { Http2Reset, isUntouched } from './failures.ts';
import { cancel, listen, type StreamListener } from './stream-events.ts';
import { Upload, type UploadOwner } from './upload.ts';

/** The session that a call is made on. */
export interface CallOwner {
  readonly timeouts: UpstreamTimeouts;
  readonly clock: Clock;
  /** How large a field section may be. */
  readonly headBytes: number;
  /** Something came from the upstream. */
  heard(): void;
  /** Why the stream of a call is gone. */
  endOf(call: Call, error: Error | null): UpstreamFailure;
  /** The call takes no place any more. */
  released(call: Call): void;
  /** The call waited in vain. */
  waitedInVain(call: Call): void;
}

/** How many interim answers are believed (RFC 9110 15.2). */
const MOST_INTERIM = 16;
const NEVER = Number.POSITIVE_INFINITY;

/** One attempt, on a stream of its own. */
export class Call implements Expiring, StreamListener, UploadOwner, AnswerOwner {
  deadline = NEVER;
  rosterSlot = NOT_ROSTERED;
  /** Monotonic milliseconds. */
  readonly began: number;
  readonly stream: ClientHttp2Stream;
  readonly #attempt: Attempt;
  readonly #owner: CallOwner;
  #upload: Upload | null = null;
  #answer: Answer | null = null;
  #over = false;
  #interims = 0;
  #error: Error | null = null;

  constructor(attempt: Attempt, stream: ClientHttp2Stream, owner: CallOwner) {
    this.#attempt = attempt;
    this.stream = stream;
    this.#owner = owner;
    this.began = owner.clock.monotonic();
    attempt.cancel = (because) => this.#giveUp(because);
    listen(stream, this);
  }

  /** `null`: the head was all of the request. */
  send(body: Body | null): void {
    if (body instanceof BufferedBody) {
      this.stream.end(body.bytes);
    } else if (body !== null) {
      this.#upload = new Upload(this.stream, body, this);
      this.#upload.start();
    }
    this.#wait();
  }

  expired(): void {
    const what = this.#answer === null ? 'answer' : 'go on with its answer';
    this.#owner.waitedInVain(this);
    this.#giveUp(new UpstreamFailure('upstream-timeout', `the upstream did not ${what} in time`));
  }

  uploadMoved(): void {
    this.#wait();
  }

  uploadFailed(error: Error): void {
    this.#giveUp(requestCutOff(error));
  }

  onInterim(raw: readonly string[]): void {
    this.#owner.heard();
    if (this.#over || this.#isTooLarge(raw)) return;
    const { status, headers } = answerHead(raw);
    if (status === 101 || ++this.#interims > MOST_INTERIM)
      this.#refuse(`it answered ${status}, which was not asked for`);
    else if (status !== 100) this.#attempt.x.sendInterim?.(status, headers);
  }

  onHead(raw: readonly string[], ended: boolean): void {
    this.#owner.heard();
    if (this.#over || this.#isTooLarge(raw)) return;
    const head = answerHead(raw);
    if (head.status < 200 || head.status > 599) this.#refuse(`it answered ${head.status}`);
    else this.#begin(head, ended);
  }

  onData(chunk: Uint8Array): void {
    this.#owner.heard();
    this.#answer?.onData(chunk);
  }

  onTrailers(raw: readonly string[]): void {
    this.#owner.heard();
    if (!this.#isTooLarge(raw)) this.#answer?.onTrailers(raw);
  }

  onEndStream(): void {
    this.#answer?.onEndStream();
  }

  onEnd(): void {
    this.#answer?.onEnd();
  }

  onError(error: Error): void {
    this.#error = error;
  }

  onClose(): void {
    if (this.#over) return;
    if (this.#answer?.isComplete === true) {
      this.#answer.keepWhatIsLeft();
      return;
    }
    const failure = this.#owner.endOf(this, this.#error);
    const { grpc } = this.#attempt.x;
    if (grpc !== null && failure instanceof Http2Reset) grpc.resetCode = failure.http2Code;
    this.#fail(failure);
  }

  answerMoved(): void {
    this.#wait();
  }

  answerOver(whole: boolean): void {
    if (this.#over) return;
    const unsent = this.#upload !== null && !this.#upload.over;
    this.#end();
    this.#attempt.over(whole);
    // RFC 9113 8.1: who has answered in full wants no more of the request.
    if (!whole || unsent) cancel(this.stream);
  }

  #begin({ status, headers, length }: AnswerHead, ended: boolean): void {
    const { grpc, outgoing } = this.#attempt.x;
    const answer = new Answer(this.stream, length, grpc, this);
    this.#answer = answer;
    if (ended) answer.onEndStream();
    const hasBody = !ended && outgoing!.method !== 'HEAD' && status !== 204 && status !== 304;
    this.#wait();
    this.#attempt.answered({ status, headers, body: hasBody ? answer : null });
    if (!hasBody) answer.skip();
  }

  /** The limit that peers are told binds nobody: nghttp2 takes more. */
  #isTooLarge(raw: readonly string[]): boolean {
    if (sectionBytes(raw) <= this.#owner.headBytes) return false;
    this.#refuse('its header fields are too large');
    return true;
  }

  #refuse(because: string): void {
    this.#giveUp(new UpstreamFailure('upstream-invalid', `the upstream is no HTTP server: ${because}`));
  }

  #giveUp(because: UpstreamFailure): void {
    if (this.#over) return;
    this.#fail(because);
    cancel(this.stream);
  }

  #fail(failure: UpstreamFailure): void {
    this.#end();
    const answer = this.#answer;
    if (answer === null) {
      this.#attempt.failed(failure, this.#isSpent(failure));
      return;
    }
    answer.cutOff(failure);
    this.#attempt.over(false);
  }

  /** A streamed body that was begun cannot be begun again, whatever the upstream says that it has seen. */
  #isSpent(failure: UpstreamFailure): boolean {
    return this.#upload !== null || (this.stream.id !== undefined && !isUntouched(failure));
  }

  #end(): void {
    this.#over = true;
    this.#upload?.stop();
    this.#attempt.cancel = null;
    this.#owner.released(this);
  }

  /** Moves the deadline to what is waited for now. Who is slow on the caller's side is no matter of the upstream. */
  #wait(): void {
    if (this.#over) return;
    const patience = this.#patience();
    this.deadline = patience === NEVER ? NEVER : this.#owner.clock.monotonic() + patience;
  }

  #patience(): number {
    const { firstByte, idle } = this.#owner.timeouts;
    if (this.#upload?.waits === true) return idle;
    if (this.#upload?.over === false || this.#answer?.paused === true) return NEVER;
    return this.#answer === null ? firstByte : idle;
  }
}
