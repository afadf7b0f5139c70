import type { Readable } from 'node:stream';
import { newSealingKey } from '../../../identity/sign-in/cookie-sealer.ts';
import type { LimitOwner } from '../../gateway/limits/limit-owner.ts';
import type { SigningKeyData } from '../../secrets/signing/signing-key.ts';
import { departedFigures } from '../../telemetry/merged-figures.ts';
import type { Figures } from '../../telemetry/metrics.ts';
import type { PublicAddresses } from '../data-plane.ts';
import type { InstallConfig } from '../install.ts';
import { handedRedis } from '../shared.ts';
import type { HandedConfiguration, SupervisorApi } from '../worker/api.ts';
import { Slot } from './slot.ts';
import { WorkerProcess } from './worker-process.ts';

export interface WorkerPoolParts {
  readonly install: InstallConfig;
  readonly extraCas: readonly string[];
  /** Takes the standard output of each worker; `null`: they have none. */
  readonly output: ((stream: Readable) => void) | null;
  /** A worker has ended or changed a session. */
  readonly sessionChanged: (uid: string) => void;
  /** @throws AppError */
  readonly changeDirectory: SupervisorApi['changeDirectory'];
  readonly limits: LimitOwner;
  readonly warn: (message: string) => void;
}

/** The processes that serve requests, all of one configuration. */
export class WorkerPool {
  readonly #parts: WorkerPoolParts;
  readonly #slots: readonly Slot[];
  /** What sign-ins under way and debug tokens are made with, by every process. */
  readonly signInKey = newSealingKey();
  #addresses: PublicAddresses;
  #configuration: HandedConfiguration | null = null;
  #signingKeys: readonly SigningKeyData[] = [];
  #departed: Figures = [];
  #isStarted = false;
  #stopping = false;

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    const { listen, redirectListen } = parts.install;
    this.#addresses = { listeners: listen, redirectListener: redirectListen };
    this.#slots = Array.from({ length: parts.install.workers }, () => this.#slot());
  }

  /** Gives the addresses that all of them listen on. @throws AppError when a worker cannot start. */
  async start(): Promise<PublicAddresses> {
    const [first, ...others] = this.#slots;
    // The first one finds ports where any will do.
    this.#addresses = await first!.start();
    await Promise.all(others.map((slot) => slot.start()));
    this.#isStarted = true;
    return this.#addresses;
  }

  /** Resolves once no worker serves an older configuration. Never rejects. */
  async publish(configuration: HandedConfiguration): Promise<void> {
    this.#configuration = configuration;
    await Promise.all(this.#slots.map((slot) => slot.configure(configuration)));
  }

  /** Resolves once every worker has them. Never rejects. */
  async handSigningKeys(keys: readonly SigningKeyData[]): Promise<void> {
    this.#signingKeys = keys;
    await Promise.all(this.#slots.map((slot) => slot.takeSigningKeys(keys)));
  }

  /** Every worker is there and serves what was published last. */
  get isReady(): boolean {
    const generation = this.#configuration?.generation;
    return this.#isStarted && !this.#stopping && this.#slots.every((slot) => slot.generation === generation);
  }

  /** Of all workers, those that have ended included. */
  async figures(): Promise<Figures[]> {
    const present = await Promise.all(this.#slots.map((slot) => slot.figures()));
    return [...present.filter((figures) => figures !== null), this.#departed];
  }

  sessionChanged(uid: string, except: WorkerProcess | null = null): void {
    for (const slot of this.#slots) if (except === null || !slot.has(except)) slot.sessionChanged(uid);
  }

  reload(): void {
    for (const slot of this.#slots) slot.reload();
  }

  async drain(ms: number): Promise<void> {
    this.#stopping = true;
    // Clients whose connection ends in one worker must not come to another one that is about to stop too.
    await Promise.all(this.#slots.map((slot) => slot.stopAccepting()));
    await Promise.all(this.#slots.map((slot) => slot.drain(ms)));
  }

  kill(): void {
    this.#stopping = true;
    for (const slot of this.#slots) slot.kill();
  }

  #slot(): Slot {
    const { install, extraCas, warn, output } = this.#parts;
    return new Slot({
      spawn: () => new WorkerProcess({ output, limits: this.#parts.limits, api: (worker) => this.#api(worker) }),
      begin: () => ({
        install: {
          ...install,
          listen: this.#addresses.listeners,
          redirectListen: this.#addresses.redirectListener,
          redis: null,
        },
        redis: handedRedis(install.redis),
        extraCas,
        signInKey: this.signInKey,
        signingKeys: this.#signingKeys,
        configuration: this.#configuration!,
      }),
      drainMs: install.drain,
      departed: (figures) => {
        this.#departed = departedFigures(this.#departed, figures);
      },
      lost: () => {
        for (const slot of this.#slots) slot.sessionsMayHaveChanged();
      },
      warn,
    });
  }

  #api(worker: WorkerProcess): SupervisorApi {
    return {
      sessionChanged: (uid) => {
        this.#parts.sessionChanged(uid);
        this.sessionChanged(uid, worker);
      },
      changeDirectory: this.#parts.changeDirectory,
      takeLimit: (question) => this.#parts.limits.ask(worker, question),
      giveBackLimits: (reports) => this.#parts.limits.giveBack(worker, reports),
      failing: () => this.#slots.find((slot) => slot.has(worker))?.replace(),
    };
  }
}
