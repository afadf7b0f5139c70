import type { Exchange } from '../../gateway/exchange.ts';
import { grpcAnswer } from '../../gateway/grpc/from-upstream.ts';
import { type Outcome, type Refusal, RefusedError, refuse } from '../../gateway/outcome.ts';
import { requestBytes } from '../../gateway/request-body.ts';
import type { PluginDeps } from '../deps.ts';
import { Dialogue, type DialogueParts, type Said } from './dialogue.ts';
import { immediateResponse } from './immediate.ts';
import { type Modes, overridden } from './modes.ts';
import { mutate } from './mutation.ts';
import { bodyMessage, headersMessage, type Part, question } from './question.ts';
import { responseBytes } from './response-bytes.ts';
import { requestSubject, responseSubject, type Subject } from './subject.ts';

export interface ProcessingParts extends DialogueParts {
  readonly modes: Modes;
  readonly mayOverride: boolean;
  /** Bytes of a body. */
  readonly maxSize: number;
  readonly deps: PluginDeps;
}

/** How a reply leaves the message that it is about: with more to send, without, or with the answer to the client. */
type Left = 'as-planned' | 'replaced' | Outcome;
type Common = Extract<Said, { kind: 'common' }>;

/** What the processor does to one exchange: request head, request body, answer's head, answer's body. */
export class Processing {
  readonly #parts: ProcessingParts;
  readonly #dialogue: Dialogue;
  #modes: Modes;
  #announced: Modes | null;

  constructor(parts: ProcessingParts) {
    this.#parts = parts;
    this.#dialogue = new Dialogue(parts);
    this.#modes = parts.modes;
    this.#announced = parts.modes;
  }

  async request(x: Exchange): Promise<Outcome | null> {
    const subject = requestSubject(x, this.#parts.deps);
    const left = this.#modes.requestHeaders ? await this.#head(x, 'request-headers', subject) : 'as-planned';
    if (typeof left === 'object') return left;
    if (left === 'as-planned' && this.#sendsBody('requestBody', subject)) {
      const answer = await this.#requestBody(x, subject);
      if (answer !== null) return answer;
    }
    if (!this.#modes.responseHeaders && !this.#modes.responseBody) this.#dialogue.finish();
    return null;
  }

  /** @throws RefusedError */
  async response(x: Exchange): Promise<void> {
    const subject = responseSubject(x);
    const left = this.#modes.responseHeaders ? await this.#head(x, 'response-headers', subject) : 'as-planned';
    if (typeof left === 'object') return answerInstead(x, left);
    if (left === 'as-planned' && this.#sendsBody('responseBody', subject)) {
      const answer = await this.#responseBody(x, subject);
      if (answer !== null) return answerInstead(x, answer);
    }
    this.#dialogue.finish();
  }

  /** The exchange is over. */
  settled(): void {
    this.#dialogue.cancel();
  }

  #head(x: Exchange, part: Part, subject: Subject): Promise<Left> {
    return this.#ask(x, part, headersMessage(subject.pseudo, subject.headers, subject.isAll), subject);
  }

  async #requestBody(x: Exchange, subject: Subject): Promise<Outcome | null> {
    const reading = await requestBytes(x, this.#parts.maxSize);
    if (reading.kind === 'refusal') return reading;
    if (reading.bytes.byteLength > this.#parts.maxSize) return refuse('body-too-large');
    return outcomeOf(await this.#ask(x, 'request-body', bodyMessage(reading.bytes), subject));
  }

  async #responseBody(x: Exchange, subject: Subject): Promise<Outcome | null> {
    const bytes = await responseBytes(x, this.#parts.maxSize);
    if ('kind' in bytes) return bytes;
    return outcomeOf(await this.#ask(x, 'response-body', bodyMessage(bytes), subject));
  }

  #sendsBody(mode: 'requestBody' | 'responseBody', { isAll, mayChangeBody }: Subject): boolean {
    return this.#modes[mode] && mayChangeBody && !isAll && !this.#dialogue.hasLeft;
  }

  async #ask(x: Exchange, part: Part, message: Buffer, subject: Subject): Promise<Left> {
    const asked = question(part, message, this.#announced);
    this.#announced = null;
    const heard = await this.#dialogue.ask(x, asked);
    switch (heard.kind) {
      case 'left':
        return 'as-planned';
      case 'failed':
        return heard.refusal;
      case 'immediate':
        this.#dialogue.finish();
        return this.#usable(immediateResponse(x, heard, this.#parts.plugin));
      case 'common':
        return heard.part === part
          ? this.#carryOut(x, heard, subject)
          : this.#broken(`it answered about the ${heard.part} when asked about the ${part}`);
    }
  }

  #carryOut(x: Exchange, reply: Common, subject: Subject): Left {
    const isHead = reply.part.endsWith('headers');
    const { replaces, headers } = reply;
    const problem = mutate(subject, headers, replaces);
    if (problem !== null) return this.#broken(problem);
    // The body is another one where it was sent, and where the reply says that it is.
    if (reply.body !== null && (!isHead || replaces)) {
      const refusal = this.#setBody(x, reply.body, subject);
      if (refusal !== null) return refusal;
    }
    if (isHead && this.#parts.mayOverride && reply.override !== null) {
      const modes = overridden(this.#modes, reply.override);
      if (modes === null) return this.#broken('it asks for a mode that is not served');
      this.#modes = modes;
    }
    return replaces ? 'replaced' : 'as-planned';
  }

  #setBody(x: Exchange, body: Buffer, subject: Subject): Refusal | null {
    if (!subject.mayChangeBody) return this.#broken('it replaces a body that was not sent');
    if (body.byteLength > this.#parts.maxSize) return this.#broken('the body that it gives is too large');
    if (!x.bodyLimits!.budget.take(x, body.byteLength)) return refuse('overloaded');
    subject.setBody(body);
    return null;
  }

  #usable(answer: Outcome | string): Outcome {
    return typeof answer === 'string' ? this.#broken(answer) : answer;
  }

  #broken(because: string): Refusal {
    this.#dialogue.cancel();
    return this.#dialogue.misunderstood(because);
  }
}

function outcomeOf(left: Left): Outcome | null {
  return typeof left === 'object' ? left : null;
}

/** The answer of the upstream is not sent. @throws RefusedError */
function answerInstead(x: Exchange, outcome: Outcome): void {
  if (outcome.kind === 'refusal') throw new RefusedError(outcome);
  x.response?.body?.destroy();
  x.response = x.grpc === null ? outcome.response : grpcAnswer(x.grpc, outcome.response);
}
