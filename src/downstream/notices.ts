const EVERY_MS = 60_000;

/** Trouble that anybody can cause at any rate: counted, and said at most once a minute for each kind. */
export class Notices {
  readonly #warn: (message: string) => void;
  readonly #kinds = new Map<string, { saidAt: number; unsaid: number }>();

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** @param kind one of a few texts of ours; @param detail said with it, such as that of the last case */
  note(kind: string, detail: string, now: number = performance.now()): void {
    const state = this.#stateOf(kind);
    state.unsaid++;
    if (now - state.saidAt < EVERY_MS) return;
    const more = state.unsaid > 1 ? ` (${state.unsaid} times since this was said last)` : '';
    this.#warn(`${kind}: ${detail}${more}`);
    state.saidAt = now;
    state.unsaid = 0;
  }

  #stateOf(kind: string): { saidAt: number; unsaid: number } {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const state = { saidAt: Number.NEGATIVE_INFINITY, unsaid: 0 };
    this.#kinds.set(kind, state);
    return state;
  }
}
