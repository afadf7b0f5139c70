import { systemClock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Compiler } from '../../compile/compile.ts';
import { LeasedLimits } from '../../gateway/limits/leased-limits.ts';
import type { SecretView, Snapshot } from '../../gateway/snapshot.ts';
import type { ScriptHost } from '../../scripts/host.ts';
import { viewOf } from '../../secrets/handed-secrets.ts';
import { SigningKeys } from '../../secrets/signing/signing-keys.ts';
import { tellAccessChanges } from '../access-changes.ts';
import { createCompiler } from '../compiler.ts';
import { type DataPlane, openDataPlane, type PublicAddresses } from '../data-plane.ts';
import { type Observability, openObservability } from '../observability.ts';
import { openSupply } from '../opa/supply.ts';
import { watchProcessFaults } from '../process-faults.ts';
import { openScripts } from '../scripts.ts';
import { openShared, redisOf } from '../shared.ts';
import { openState } from '../state.ts';
import type { HandedConfiguration, SupervisorApi, WorkerApi, WorkerStart } from './api.ts';
import { Channel, type Pipe } from './channel.ts';
import { compileInputOf } from './handed-configuration.ts';

interface WorkerIo {
  readonly err: (text: string) => void;
}

/** Serves requests until the supervisor says that it is enough, or is gone. Gives the exit code. */
export async function runWorker(pipe: Pipe, { err }: WorkerIo): Promise<number> {
  // Signals to the whole process group are the supervisor's to interpret.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const say = (text: string) => err(text.replace(/^ostiary: /, `ostiary: worker ${process.pid}: `));
  using faults = watchProcessFaults({ err: say });
  await using stack = new AsyncDisposableStack();
  const worker = new Worker(pipe, (message) => say(`ostiary: ${message}\n`), stack);
  const code = await Promise.race([worker.stopped.then(() => 0), faults.fatal.then(() => 1)]);
  if (code !== 0) await worker.fail();
  return code;
}

/** One generation as it is served, with all that serves it. */
class Worker {
  /** Every request under way is through after `drain`. */
  readonly stopped: Promise<void>;
  readonly #supervisor: Channel<SupervisorApi>;
  readonly #warn: (message: string) => void;
  readonly #stack: AsyncDisposableStack;
  readonly #stop: () => void;
  #compiler: Compiler | null = null;
  #scripts: ScriptHost | null = null;
  #observability: Observability | null = null;
  #dataPlane: DataPlane | null = null;
  #live: Snapshot | null = null;
  /** Those of the configuration that is live or about to be. */
  #secrets: SecretView | null = null;
  readonly #signingKeys = new SigningKeys();
  readonly #limits = new LeasedLimits(
    {
      ask: (question) => this.#supervisor.call('takeLimit', question),
      giveBack: (reports) => void this.#supervisor.call('giveBackLimits', reports).catch(() => {}),
    },
    systemClock,
  );
  #drainMs = 0;
  /** One call after the other, in their order. */
  #queue: Promise<unknown> = Promise.resolve();
  /** The session that the supervisor is telling of; it is not told back. */
  #toldOf: string | null = null;

  constructor(pipe: Pipe, warn: (message: string) => void, stack: AsyncDisposableStack) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.stopped = promise;
    this.#stop = resolve;
    this.#warn = warn;
    this.#stack = stack;
    this.#supervisor = new Channel(pipe, this.#api());
    pipe.on('disconnect', () => void this.#orphaned());
  }

  /** Nobody tells of changes any more: what was decided by then is finished, and nothing stays open on it. */
  async #orphaned(): Promise<void> {
    this.#dataPlane?.endStreams();
    await this.#drain(this.#drainMs);
  }

  /** What this process does from now on cannot be relied on: another one takes over. */
  async fail(): Promise<void> {
    // After an exception draining may never end.
    setTimeout(() => process.exit(1), 2 * this.#drainMs).unref();
    this.#supervisor.call('failing', null).catch(() => {});
    await this.#drain(this.#drainMs);
  }

  #api(): WorkerApi {
    return {
      start: (begin) => this.#alone(() => this.#start(begin)),
      configure: (configuration) => this.#alone(() => this.#configure(configuration)),
      signingKeys: (keys) => this.#alone(() => this.#signingKeys.replace(keys)),
      figures: () => this.#started(this.#observability).metrics.figures(),
      reload: () => this.#reload(),
      sessionChanged: (uid) => this.#forgetSession(uid),
      sessionsMayHaveChanged: () => this.#dataPlane?.sessionsMayHaveChanged(),
      recallLimit: (what) => this.#limits.recall(what),
      stopAccepting: async () => this.#dataPlane?.stopAccepting(),
      drain: (ms) => void this.#drain(ms),
    };
  }

  async #start({
    install: given,
    redis,
    extraCas,
    signInKey,
    signingKeys: keys,
    configuration,
  }: WorkerStart): Promise<PublicAddresses> {
    const install = { ...given, redis: redisOf(redis) };
    this.#drainMs = install.drain;
    const stack = this.#stack;
    const signingKeys = this.#signingKeys;
    signingKeys.replace(keys);
    const { store, texts } = openState(install.data, stack);
    this.#observability = openObservability(install.accessLog, this.#warn, stack);
    const openSecret = (name: string) => this.#secrets?.open(name) ?? null;
    const opa = openSupply({ data: install.data, openSecret, downloads: false, warn: this.#warn }, stack);
    const { accessLog, metrics } = this.#observability;
    const scripts = openScripts({ isServing: true, warn: this.#warn }, stack);
    this.#scripts = scripts;
    const shared = await openShared({ install, metrics, warn: this.#warn }, stack);
    const counting = { limits: this.#limits, shared, metrics };
    const compiling = { isServing: true, rego: 'elsewhere', warn: this.#warn, opa, signingKeys, scripts } as const;
    this.#compiler = createCompiler({ install, extraCas, ...compiling, ...counting }, stack);
    this.#configure(configuration);
    this.#dataPlane = await openDataPlane(
      {
        install,
        snapshot: () => this.#live!,
        observers: [accessLog, metrics],
        store: store.identity,
        openSecret: (name) => this.#live!.secrets.open(name),
        signInKey,
        signingKeys,
        texts,
        changeDirectory: (changes) => this.#supervisor.call('changeDirectory', changes),
        sessionChanged: (uid) => this.#tellSession(uid),
        accessChanged: tellAccessChanges(metrics, this.#warn),
        warn: this.#warn,
      },
      stack,
    );
    return this.#dataPlane.addresses;
  }

  #configure(configuration: HandedConfiguration): void {
    this.#secrets = viewOf(configuration.secrets);
    this.#started(this.#scripts).replace(configuration.scripts);
    const { input, handed } = compileInputOf(configuration);
    const compiled = this.#started(this.#compiler).compile(input, handed);
    this.#live = { ...compiled.snapshot, secrets: this.#secrets };
    compiled.commit();
    const names = this.#live.services.map(({ name }) => name);
    this.#started(this.#observability).metrics.serving(this.#live.generation, names);
    this.#dataPlane?.snapshotChanged();
  }

  async #reload(): Promise<void> {
    this.#started(this.#observability).sink.reopen();
    await this.#started(this.#dataPlane).reload();
  }

  #tellSession(uid: string): void {
    if (uid !== this.#toldOf) this.#supervisor.call('sessionChanged', uid).catch(() => {});
  }

  #forgetSession(uid: string): void {
    this.#toldOf = uid;
    this.#dataPlane?.identity.forgetSession(uid);
    this.#toldOf = null;
  }

  async #drain(ms: number): Promise<void> {
    await this.#dataPlane?.stopAccepting();
    await this.#dataPlane?.drain(ms);
    this.#limits.close();
    this.#stop();
  }

  #started<T>(part: T | null): T {
    if (part === null) throw new AppError('unavailable', 'this worker has not started yet');
    return part;
  }

  #alone<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

/** Another worker may have finished what comes back here. */
