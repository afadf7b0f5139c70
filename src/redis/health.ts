/** What a connection is for; each has one of its own, so that long answers hold no limit up. */
export type RedisUse = 'limits' | 'answers';

/** Whether Redis can be asked, told when that changes. */
export class RedisHealth {
  readonly use: RedisUse;
  /** Questions that got no answer. */
  failures = 0;
  /** `null`: nobody has asked yet. */
  isUp: boolean | null = null;
  readonly #warn: (message: string) => void;

  constructor(use: RedisUse, warn: (message: string) => void) {
    this.use = use;
    this.#warn = warn;
  }

  works(): void {
    if (this.isUp === false) this.#warn(`redis: ${this.use} are shared again`);
    this.isUp = true;
  }

  fails(why: string): void {
    if (this.isUp !== false) this.#warn(`redis: ${this.use} are not shared at the moment: ${why}`);
    this.isUp = false;
  }
}
