import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { SecretValue } from '../base/secret-value.ts';
import type { CompileInput, CompileResult } from '../compile/compile.ts';
import type { SecretView, Snapshot } from '../gateway/snapshot.ts';
import { canonicalName, type Kind, type Resource, type SourcedResource, secretData } from '../model/index.ts';
import { nameProblems } from '../model/validate/name.ts';
import type { SealedSecret } from '../secrets/ports.ts';
import type { Change, Store } from '../store/store.ts';
import { type Assembly, assemble, identity, ownerOf, secretsOfFiles, unknownSecretErrors } from './assemble.ts';
import { keyFor, keyOf } from './key.ts';
import { afterPlan, changesOf, deletionsOf, makePlan, type PlanStep, type Wanted } from './plan.ts';
import { NOTHING_READ, type ReadResult, readTexts } from './read.ts';
import { readAgain, readOrLastGood, unreadablePath } from './read-files.ts';
import { mergeOrigins, storeSource } from './resources.ts';
import type { ConfigText, FileSource } from './sources/files.ts';

export interface ControllerDeps {
  readonly store: Store;
  readonly files: FileSource;
  readonly compile: (input: CompileInput) => CompileResult;
  /**
   * Compiles, while the process goes on, what the last compilation had to leave out because it takes long; `false`:
   * there was nothing. Must not reject.
   */
  readonly prepare: (signal: AbortSignal) => Promise<boolean>;
  readonly seal: (name: string, value: SecretValue) => SealedSecret;
  readonly vault: {
    setFromFiles(values: ReadonlyMap<string, SecretValue>): void;
    reload(): void | Promise<void>;
    view(): SecretView;
  };
  /**
   * Told of each new snapshot, before any request is pinned to it, with what it was made of. A change counts as live
   * once this is through. Must not reject.
   */
  readonly swapped: (snapshot: Snapshot, assembly: Assembly) => void | Promise<void>;
  /** Told what each load found, for the console and the metrics. */
  readonly loaded: (report: LoadReport) => void;
}

export interface ResourceName {
  readonly kind: Kind;
  readonly name: string;
}

/** Milliseconds that all preparing for one change may take. */
const PREPARE_MS = 30_000;

export interface LoadReport {
  /** False: the last good generation stays. */
  readonly live: boolean;
  readonly generation: number;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ApplyResult {
  readonly accepted: boolean;
  readonly steps: readonly PlanStep[];
  readonly diagnostics: readonly Diagnostic[];
  readonly generation: number;
  /** What would serve, of a dry run that was accepted. */
  readonly planned: CompileResult['snapshot'] | null;
}

/**
 * The control plane: reads files and store, checks, compiles, swaps. One thing at a time; a change that is refused
 * leaves everything as it was.
 */
export class Controller {
  readonly #deps: ControllerDeps;
  #read: ReadResult = NOTHING_READ;
  #live: Assembly | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
  }

  get live(): Assembly {
    if (this.#live === null) throw new AppError('unavailable', 'no configuration is loaded yet');
    return this.#live;
  }

  /** @throws AppError when a file cannot be read and no good text of it was kept. */
  start(): Promise<void> {
    return this.#alone(async () => {
      this.#read = await readOrLastGood(this.#deps.files, this.#deps.store.lastGood);
      await this.#load();
      this.#deps.files.watch(
        () => this.reload(),
        (thrown) => void this.#keepLastGood([unreadablePath(`${messageOf(thrown)}; it is tried again`)]),
      );
    });
  }

  /** Reads the files again. A file that is not YAML at all keeps the last good generation. */
  reload(): Promise<LoadReport> {
    return this.#alone(async () => {
      const read = await readAgain(this.#deps.files, this.#deps.store.lastGood);
      if (read.unreadable.length > 0) return this.#keepLastGood(read.diagnostics);
      this.#read = read;
      return this.#load();
    });
  }

  /** Puts texts into the store: all of them or none. */
  apply(texts: readonly ConfigText[], options: ApplyOptions): Promise<ApplyResult> {
    return this.#alone(async () => {
      const read = readTexts(texts);
      const present = await this.#deps.store.resources.list();
      const steps = makePlan(present, { ...options, resources: read.resources.map(({ resource }) => resource) });
      if (hasErrors(read.diagnostics)) return this.#refused(steps, read.diagnostics);
      const existing = options.createOnly ? steps.filter(({ operation }) => operation !== 'create') : [];
      if (existing[0] !== undefined) throw new AppError('conflict', `${keyOf(existing[0].resource)} exists already`);
      const ofFiles = this.#ofFiles(read);
      if (ofFiles.length > 0) return this.#refused(steps, [...read.diagnostics, ...ofFiles]);
      return this.#carryOut(present, steps, read, options.dryRun);
    });
  }

  /**
   * What would change if these texts took the place of what is served, whether that is from files or from the store.
   * Changes nothing.
   */
  compare(texts: readonly ConfigText[], wanted: Omit<Wanted, 'resources' | 'ofFiles'>): Promise<ApplyResult> {
    return this.#alone(async () => {
      const read = readTexts(texts);
      const stored = await this.#deps.store.resources.list();
      const { owned } = mergeOrigins(this.#read.resources, withSources(stored, NOTHING_READ));
      const fromFiles = owned.filter(({ origin }) => origin === 'file').map(({ resource }) => keyOf(resource));
      const steps = makePlan(
        owned.map(({ resource }) => resource),
        { ...wanted, resources: read.resources.map(({ resource }) => resource), ofFiles: new Set(fromFiles) },
      );
      if (hasErrors(read.diagnostics)) return this.#refused(steps, read.diagnostics);
      const { assembly, diagnostics } = await this.#judge(stored, steps, read, withoutSteps(this.#read, steps));
      return this.#judged(assembly, steps, diagnostics);
    });
  }

  /** Puts resources that the gateway itself made (`create credential`) into the store. */
  async put(resource: Resource): Promise<ApplyResult> {
    return this.change([resource], []);
  }

  /**
   * Puts and takes away what the gateway itself makes: all of it, or nothing.
   * @param mustHold throws when the change does not fit what the store holds now
   */
  async change(
    puts: readonly Resource[],
    deleted: readonly ResourceName[],
    mustHold: (present: readonly Resource[]) => void = () => {},
  ): Promise<ApplyResult> {
    for (const { kind, metadata } of puts) {
      const badName = nameProblems(kind, metadata.name)[0];
      if (badName !== undefined) throw new AppError('invalid', `${metadata.name}: ${badName.message}`);
      this.#mustNotBeOfFile(kind, metadata.name);
    }
    return this.#alone(async () => {
      const present = await this.#deps.store.resources.list();
      mustHold(present);
      const gone = deleted.map(({ kind, name }) => {
        const key = keyFor(kind, name);
        return present.find((one) => keyOf(one) === key) ?? this.#missing(kind, name);
      });
      const steps = makePlan(present, { resources: puts, prune: false, include: [], exclude: [] });
      return this.#carryOut(present, [...steps, ...deletionsOf(gone, present)], NOTHING_READ, false);
    });
  }

  #missing(kind: Kind, name: string): never {
    throw this.#notInStore(kind, name);
  }

  #mustNotBeOfFile(kind: Kind, name: string): void {
    if (ownerOf(this.live.owned, kind, name)?.origin === 'file') throw this.#notInStore(kind, name);
  }

  /** Stores a value under a name; what refers to the Secret uses it from the next request on. */
  putSecret(name: string, value: SecretValue): Promise<ApplyResult> {
    return this.put({ kind: 'Secret', metadata: { name }, spec: {}, data: { value } });
  }

  delete(kind: Kind, name: string): Promise<ApplyResult> {
    return this.#alone(async () => {
      const present = await this.#deps.store.resources.list();
      const key = keyFor(kind, name);
      const resource = present.find((one) => keyOf(one) === key);
      if (resource === undefined) throw this.#notInStore(kind, name);
      const result = await this.#carryOut(present, deletionsOf([resource], present), NOTHING_READ, false);
      const users = new Set(
        result.diagnostics.flatMap((one) => (one.severity === 'error' ? (one.resource ?? []) : [])),
      );
      if (users.size === 0) return result;
      const [how, what] = kind === 'Policy' ? ['attached to', 'detach it'] : ['used by', 'change that'];
      throw new AppError('refused', `${key} is ${how} ${[...users].join(', ')}; ${what} first`);
    });
  }

  close(): void {
    this.#deps.files.close();
  }

  #notInStore(kind: Kind, name: string): AppError {
    const owned = ownerOf(this.live.owned, kind, name);
    if (owned?.origin === 'file') {
      return new AppError('refused', `${keyFor(kind, name)} comes from ${owned.source.file} and is read-only here`);
    }
    return new AppError('not-found', `there is no ${keyFor(kind, name)} in the store`);
  }

  /** A resource of a file is changed in its file. */
  #ofFiles(read: ReadResult): Diagnostic[] {
    const files = new Map(this.#read.resources.map(({ resource, source }) => [keyOf(resource), source.file]));
    return read.resources.flatMap(({ resource, source }): Diagnostic[] => {
      const file = files.get(keyOf(resource));
      if (file === undefined) return [];
      const message = `${keyOf(resource)} comes from ${file}; change it there`;
      const place = { ...source.locate(['metadata', 'name']), path: 'metadata.name', resource: keyOf(resource) };
      const suggestion = 'what that would change is shown by: ostiary diff';
      return [{ severity: 'error', ...place, message, suggestion }];
    });
  }

  async #carryOut(
    present: readonly Resource[],
    steps: readonly PlanStep[],
    read: ReadResult,
    dryRun: boolean,
  ): Promise<ApplyResult> {
    const { store } = this.#deps;
    const generation = await store.resources.generation();
    const { assembly, diagnostics } = await this.#judge(present, steps, read, this.#read);
    if (hasErrors(diagnostics) || dryRun) return this.#judged(assembly, steps, diagnostics);
    const changes = changesOf(steps, (resource) => this.#putChange(resource));
    if (changes.length === 0) {
      assembly.compiled.discard();
      return { accepted: true, steps, diagnostics, generation: this.#generation, planned: null };
    }
    // It has been judged; what goes live is made of what the store then holds.
    assembly.compiled.discard();
    await store.resources.commit(changes, generation);
    await this.#goLive();
    return { accepted: true, steps, diagnostics, generation: this.#generation, planned: null };
  }

  /** What would serve after these steps, and what is wrong with it that was not wrong before. */
  async #judge(
    stored: readonly Resource[],
    steps: readonly PlanStep[],
    read: ReadResult,
    files: ReadResult,
  ): Promise<{ readonly assembly: Assembly; readonly diagnostics: readonly Diagnostic[] }> {
    const isSealed = sealedAfter(stored, steps);
    const assembly = await this.#assemble(withSources(afterPlan(stored, steps), read), isSealed, files);
    const put = new Set(steps.filter(isPut).map(({ resource }) => keyOf(resource)));
    const unknownSecrets = unknownSecretErrors(assembly, put, isSealed);
    const added = this.#notKnownBefore([...assembly.diagnostics, ...unknownSecrets]);
    return { assembly, diagnostics: [...read.diagnostics, ...added] };
  }

  /** Nothing comes of it but the answer. */
  #judged(assembly: Assembly, steps: readonly PlanStep[], diagnostics: readonly Diagnostic[]): ApplyResult {
    assembly.compiled.discard();
    const accepted = !hasErrors(diagnostics);
    const planned = accepted ? assembly.compiled.snapshot : null;
    return { accepted, steps, diagnostics, generation: this.#generation, planned };
  }

  /** @throws AppError when the store fails between commit and swap: the old generation serves on, and that is said. */
  async #goLive(): Promise<void> {
    try {
      await this.#deps.vault.reload();
      await this.#swap(await this.#assembleStored());
    } catch (cause) {
      const hint = 'it goes live with the next change, or with a reload (SIGHUP)';
      throw new AppError('unavailable', `the change is stored but not live: ${messageOf(cause)}; ${hint}`, { cause });
    }
  }

  /** A Secret's value never reaches the resource table: it is sealed into a row of its own. */
  #putChange(resource: Resource): Change {
    const name = canonicalName(resource.kind, resource.metadata.name);
    const named = { ...resource, metadata: { ...resource.metadata, name } } as Resource;
    if (named.kind !== 'Secret') return { op: 'put', resource: named };
    const value = secretData(named);
    const { data: _data, ...bare } = named;
    return value === null
      ? { op: 'put', resource: bare }
      : { op: 'put', resource: bare, sealed: this.#deps.seal(name, value) };
  }

  async #load(): Promise<LoadReport> {
    const assembly = await this.#assembleStored();
    this.#deps.vault.setFromFiles(secretsOfFiles(assembly.owned));
    await this.#deps.vault.reload();
    await this.#swap(assembly);
    const report = { live: true, generation: assembly.compiled.snapshot.generation, diagnostics: assembly.diagnostics };
    this.#deps.loaded(report);
    return report;
  }

  /** With what only the store knows: uid, times, version. */
  async #assembleStored(): Promise<Assembly> {
    const stored = await this.#deps.store.resources.list();
    return this.#assemble(withSources(stored, NOTHING_READ), sealedAfter(stored, []));
  }

  /** Of what is live. The store's own counter only guards its commits. */
  get #generation(): number {
    return this.live.compiled.snapshot.generation;
  }

  /** As often as something had to be prepared: what it makes possible may need something else. */
  async #assemble(
    stored: readonly SourcedResource[],
    isSealed: (name: string) => boolean,
    files: ReadResult = this.#read,
  ): Promise<Assembly> {
    const { compile, prepare } = this.#deps;
    const parts = { compile, files, stored, isSealed, before: this.#live?.owned ?? [] };
    const deadline = AbortSignal.timeout(PREPARE_MS);
    let assembly = assemble(parts);
    while (await prepare(deadline)) {
      assembly.compiled.discard();
      assembly = assemble(parts);
    }
    return assembly;
  }

  async #swap(assembly: Assembly): Promise<void> {
    this.#live = assembly;
    const swapped = this.#deps.swapped({ ...assembly.compiled.snapshot, secrets: this.#deps.vault.view() }, assembly);
    assembly.compiled.commit();
    await swapped;
  }

  #keepLastGood(diagnostics: readonly Diagnostic[]): LoadReport {
    const report = { live: false, generation: this.#generation, diagnostics };
    this.#deps.loaded(report);
    return report;
  }

  #refused(steps: readonly PlanStep[], diagnostics: readonly Diagnostic[]): ApplyResult {
    return { accepted: false, steps, diagnostics, generation: this.#generation, planned: null };
  }

  /** What was wrong already does not stand in the way of a change elsewhere. */
  #notKnownBefore(diagnostics: readonly Diagnostic[]): Diagnostic[] {
    const known = new Set((this.#live?.diagnostics ?? []).map(identity));
    return diagnostics.filter((diagnostic) => !known.has(identity(diagnostic)));
  }

  /** Runs one change after the other, also after one that failed. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(work, work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

export interface ApplyOptions extends Omit<Wanted, 'resources'> {
  readonly dryRun: boolean;
  readonly createOnly: boolean;
}

/** Secrets with a value in the store before and after: naming one again without a value keeps the value. */
function sealedAfter(present: readonly Resource[], steps: readonly PlanStep[]): (name: string) => boolean {
  const secrets = present.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
  const deleted = steps.filter(({ operation, resource }) => operation === 'delete' && resource.kind === 'Secret');
  const gone = new Set(deleted.map(({ resource }) => resource.metadata.name));
  const sealed = new Set(secrets.filter((name) => !gone.has(name)));
  return (name) => sealed.has(name);
}

function isPut({ operation }: PlanStep): boolean {
  return operation === 'create' || operation === 'update';
}

/** What stays of files when some of their resources are changed or deleted. */
function withoutSteps(files: ReadResult, steps: readonly PlanStep[]): ReadResult {
  const changed = new Set(
    steps.filter(({ operation }) => operation !== 'unchanged').map(({ resource }) => keyOf(resource)),
  );
  const broken = files.broken.filter(({ kind, name }) => !changed.has(keyFor(kind, name)));
  return { ...files, resources: files.resources.filter(({ resource }) => !changed.has(keyOf(resource))), broken };
}

/** Resources that were just read know their text; those of the store know their name. */
function withSources(resources: readonly Resource[], read: ReadResult): SourcedResource[] {
  const sources = new Map(read.resources.map(({ resource, source }) => [resource, source]));
  return resources.map((resource) => ({ resource, source: sources.get(resource) ?? storeSource(resource) }));
}
