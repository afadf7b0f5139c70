import { AppError, messageOf } from '../../base/errors.ts';
import type { SigningKeyData } from '../../secrets/signing/signing-key.ts';
import type { Figures } from '../../telemetry/metrics.ts';
import type { PublicAddresses } from '../data-plane.ts';
import type { HandedConfiguration, WorkerStart } from '../worker/api.ts';
import { Backoff } from './backoff.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface SlotParts {
  readonly spawn: () => WorkerProcess;
  /** What a worker that begins now needs. */
  readonly begin: () => WorkerStart;
  /** How long a worker that is replaced has to finish. */
  readonly drainMs: number;
  /** What was last known of the figures of a worker that has ended. */
  readonly departed: (figures: Figures) => void;
  /** A worker has ended that nobody asked to. */
  readonly lost: () => void;
  readonly warn: (message: string) => void;
}

/** Opening listeners and compiling everything, and compiling what changed. */
const START_MS = 60_000;
const CONFIGURE_MS = 20_000;
const FIGURES_MS = 2_000;
const STOP_ACCEPTING_MS = 1_000;

/** How a worker ends that was asked to. */
const DRAINED = 'exit code 0';

/** One place for a worker: whoever ends in it is replaced. */
export class Slot {
  readonly #parts: SlotParts;
  readonly #backoff = new Backoff();
  /** Replaced, and still finishing what they were doing. */
  readonly #retired = new Set<WorkerProcess>();
  #worker: WorkerProcess | null = null;
  #generation = 0;
  #figures: Figures | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(parts: SlotParts) {
    this.#parts = parts;
  }

  /** The configuration that is served here; 0 while no worker is. */
  get generation(): number {
    return this.#generation;
  }

  /** @throws AppError when the worker cannot start. */
  async start(): Promise<PublicAddresses> {
    const worker = this.#parts.spawn();
    const startedAt = performance.now();
    this.#worker = worker;
    const begin = this.#parts.begin();
    try {
      const addresses = await within(START_MS, worker.remote.call('start', begin));
      this.#serves(worker, begin.configuration.generation);
      void worker.ended.then((how) => this.#ended(worker, how, startedAt));
      return addresses;
    } catch (thrown) {
      worker.kill();
      if (this.#worker === worker) this.#worker = null;
      throw thrown;
    }
  }

  /** Resolves once nothing here serves an older configuration. */
  async configure(configuration: HandedConfiguration): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    try {
      await within(CONFIGURE_MS, worker.remote.call('configure', configuration));
      this.#serves(worker, configuration.generation);
    } catch (thrown) {
      if (this.#worker !== worker || this.#stopping) return;
      this.#parts.warn(
        `worker ${worker.pid} does not take generation ${configuration.generation}: ${messageOf(thrown)}`,
      );
      // It may hang, so it is not asked to end.
      worker.kill();
      await worker.ended;
    }
  }

  /** Resolves once nothing here signs without them. Never rejects. */
  async takeSigningKeys(keys: readonly SigningKeyData[]): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    try {
      await within(CONFIGURE_MS, worker.remote.call('signingKeys', keys));
    } catch (thrown) {
      if (this.#worker !== worker || this.#stopping) return;
      this.#parts.warn(`worker ${worker.pid} does not take the signing keys: ${messageOf(thrown)}`);
      worker.kill();
      await worker.ended;
    }
  }

  /** `null` when the worker does not say. */
  async figures(): Promise<Figures | null> {
    const worker = this.#worker;
    if (worker === null) return null;
    const figures = await within(FIGURES_MS, worker.remote.call('figures', null)).catch(() => null);
    if (figures !== null && this.#worker === worker) this.#figures = figures;
    return figures;
  }

  reload(): void {
    this.#worker?.remote.call('reload', null).catch(() => {});
  }

  sessionChanged(uid: string): void {
    this.#worker?.remote.call('sessionChanged', uid).catch(() => {});
  }

  sessionsMayHaveChanged(): void {
    this.#worker?.remote.call('sessionsMayHaveChanged', null).catch(() => {});
  }

  has(worker: WorkerProcess): boolean {
    return this.#worker === worker;
  }

  /** The worker is about to end by itself: another one begins at once. */
  replace(): void {
    const worker = this.#worker;
    if (worker === null || this.#stopping) return;
    this.#leave();
    this.#retired.add(worker);
    void worker.drain(this.#parts.drainMs).then(() => this.#retired.delete(worker));
    this.#parts.warn(`worker ${worker.pid} failed; another one takes its place`);
    this.#startAgain(this.#backoff.next(0));
  }

  /** Nothing is begun here any more. Never rejects. */
  async stopAccepting(): Promise<void> {
    this.#stop();
    const asked = this.#worker?.remote.call('stopAccepting', null);
    await within(STOP_ACCEPTING_MS, Promise.resolve(asked)).catch(() => {});
  }

  async drain(ms: number): Promise<void> {
    this.#stop();
    await Promise.all(this.#all().map((worker) => worker.drain(ms)));
  }

  kill(): void {
    this.#stop();
    for (const worker of this.#all()) worker.kill();
  }

  #stop(): void {
    this.#stopping = true;
    clearTimeout(this.#timer);
  }

  #all(): WorkerProcess[] {
    return this.#worker === null ? [...this.#retired] : [this.#worker, ...this.#retired];
  }

  #serves(worker: WorkerProcess, generation: number): void {
    if (this.#worker === worker) this.#generation = Math.max(this.#generation, generation);
  }

  #ended(worker: WorkerProcess, how: string, startedAt: number): void {
    if (this.#worker !== worker) return;
    this.#leave();
    if (this.#stopping) {
      if (how !== DRAINED) this.#parts.warn(`worker ${worker.pid} ended (${how}) before it had drained`);
      return;
    }
    this.#parts.warn(`worker ${worker.pid} ended (${how}); another one takes its place`);
    this.#parts.lost();
    this.#startAgain(this.#backoff.next(performance.now() - startedAt));
  }

  #leave(): void {
    this.#worker = null;
    this.#generation = 0;
    if (this.#figures !== null) this.#parts.departed(this.#figures);
    this.#figures = null;
  }

  #startAgain(delayMs: number): void {
    this.#timer = setTimeout(() => {
      this.start().catch((thrown: unknown) => {
        if (this.#stopping) return;
        this.#parts.warn(`a worker does not start: ${messageOf(thrown)}`);
        this.#startAgain(this.#backoff.next(0));
      });
    }, delayMs);
  }
}

/** @throws AppError `unavailable` when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new AppError('unavailable', `no answer within ${ms / 1000} seconds`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
