import type { Evaluation } from '../../engine.ts';

/** Asks a remote policy. Never rejects. */
type Ask = () => Promise<Evaluation>;

/** Rounds of one decision: each asks everything that the one before found out to be needed. */
const MAX_ROUNDS = 8;

const UNANSWERED: Evaluation = { kind: 'error', message: 'the remote OPA was not asked' };
const TOO_MANY: Evaluation = { kind: 'error', message: `a decision asks remote OPAs at most ${MAX_ROUNDS} times` };

/** What remote policies said in one request. Decisions do not wait: they are made again when the answers are there. */
export class RemoteAnswers {
  readonly #answers: Map<string, Evaluation>;
  readonly #waiting = new Map<string, Ask>();
  #rounds = 0;

  constructor(answers = new Map<string, Evaluation>()) {
    this.#answers = answers;
  }

  /** The same answers, with questions and rounds of its own. */
  beside(): RemoteAnswers {
    return new RemoteAnswers(this.#answers);
  }

  /** @param key the same for the same question */
  answerTo(key: string): Evaluation | undefined {
    return this.#answers.get(key);
  }

  /** Has it asked by `settle`; until then there is only an error. */
  waitFor(key: string, ask: Ask): Evaluation {
    if (this.#rounds >= MAX_ROUNDS) return TOO_MANY;
    this.#waiting.set(key, ask);
    return UNANSWERED;
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Asks what is waited for, until `decide` needs nothing more; gives what it gave last. */
  async settle<T>(decide: () => T): Promise<T> {
    for (;;) {
      await this.#askWaiting();
      const decision = decide();
      if (!this.isWaiting) return decision;
    }
  }

  async #askWaiting(): Promise<void> {
    const questions = [...this.#waiting];
    this.#waiting.clear();
    this.#rounds += 1;
    await Promise.all(questions.map(async ([key, ask]) => this.#answers.set(key, await ask())));
  }
}
