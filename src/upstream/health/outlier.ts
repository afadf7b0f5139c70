import type { OutlierSpec } from '../spec.ts';
import type { Condition } from './condition.ts';

/** Takes endpoints that keep failing out of use for a while, by what requests tell of them. */
export class OutlierDetector {
  readonly #spec: OutlierSpec;
  readonly #all: readonly Condition[];

  constructor(spec: OutlierSpec, all: readonly Condition[]) {
    this.#spec = spec;
    this.#all = all;
  }

  succeeded(condition: Condition): void {
    condition.failures = 0;
  }

  /** @param now monotonic milliseconds */
  failed(condition: Condition, now: number): void {
    condition.failures++;
    if (condition.failures < this.#spec.consecutiveFailures || condition.isEjected(now) || this.#isFull(now)) return;
    this.#eject(condition, now);
  }

  #eject(condition: Condition, now: number): void {
    // Whoever was well for as long as it was left alone the last time begins anew.
    if (now - condition.ejectedUntil > this.#duration(condition.ejections - 1)) condition.ejections = 0;
    condition.ejectedUntil = now + this.#duration(condition.ejections);
    condition.upSince = condition.ejectedUntil;
    condition.ejections++;
    condition.failures = 0;
  }

  #duration(ejections: number): number {
    const { ejectionTime, maxEjectionTime } = this.#spec;
    return Math.min(maxEjectionTime, ejectionTime * 2 ** Math.max(0, ejections));
  }

  #isFull(now: number): boolean {
    const share = Math.floor((this.#all.length * this.#spec.maxEjectedPercent) / 100);
    const most = Math.min(this.#all.length - 1, Math.max(1, share));
    return this.#all.filter((one) => one.isEjected(now)).length >= most;
  }
}
