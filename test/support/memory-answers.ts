import type { Found, SharedAnswers, SharedPlace } from '../../src/plugins/cache/shared-answers.ts';

/** What gateways share, in memory: it keeps what it is told to keep, for as long as it is told. */
export class MemoryAnswers implements SharedAnswers {
  readonly answers = new Map<string, { readonly state: string; readonly bytes: Buffer }>();
  readonly #states = new Map<string, string>();
  #count = 0;

  async find(key: string, target: string): Promise<Found> {
    await new Promise((resolve) => setImmediate(resolve));
    const state = this.#states.get(target) ?? '';
    const kept = this.answers.get(key);
    return { bytes: kept?.state === state ? kept.bytes : null, state };
  }

  put({ key, target }: SharedPlace, before: string, bytes: Buffer): string {
    const state = before === '' ? `state ${this.#count++}` : before;
    if ((this.#states.get(target) ?? '') !== before) return state;
    this.#states.set(target, state);
    this.answers.set(key, { state, bytes });
    return state;
  }

  forget(key: string): void {
    this.answers.delete(key);
  }

  async changed(target: string): Promise<void> {
    this.#states.set(target, `state ${this.#count++}`);
  }
}
