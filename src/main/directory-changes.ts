import type { DirectoryChange } from '../../identity/ports.ts';
import { AppError, messageOf } from '../base/errors.ts';
import type { Controller } from '../control/controller.ts';
import { keyFor, keyOf } from '../control/key.ts';
import type { Group, Resource, User } from '../model/index.ts';

type Put = Extract<DirectoryChange, { op: 'put' }>;

interface Waiting {
  readonly changes: readonly DirectoryChange[];
  readonly resolve: () => void;
  readonly reject: (reason: AppError) => void;
}

/** Changes in one commit: more would keep the next ones waiting. */
const MOST_TOGETHER = 2000;

/** What of one change is wrong may be right of the others that it was put together with. */
const OF_THE_CHANGE: ReadonlySet<string> = new Set(['conflict', 'invalid', 'not-found', 'refused']);

/**
 * Makes changes of Users and Groups that come up while requests are served. Each commit is published to every worker,
 * so those that arrive while one is being made live go into the next one together.
 */
export class DirectoryChanges {
  readonly #controller: () => Pick<Controller, 'change'>;
  #waiting: Waiting[] = [];
  #isRunning = false;

  constructor(controller: () => Pick<Controller, 'change'>) {
    this.#controller = controller;
  }

  /** All of them or none. Resolves once every worker serves them. Rejects with an AppError. */
  change(changes: readonly DirectoryChange[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#waiting.length > 0) await this.#carryOut(this.#take());
    this.#isRunning = false;
  }

  /** Those that touch what another one of them touches wait for the next commit. */
  #take(): Waiting[] {
    const touched = new Set<string>();
    const [taken, left]: [Waiting[], Waiting[]] = [[], []];
    for (const one of this.#waiting) {
      const keys = one.changes.flatMap(keysOf);
      const fits = taken.length === 0 || touched.size + keys.length <= MOST_TOGETHER;
      (fits && keys.every((key) => !touched.has(key)) ? taken : left).push(one);
      for (const key of keys) touched.add(key);
    }
    this.#waiting = left;
    return taken;
  }

  async #carryOut(together: readonly Waiting[]): Promise<void> {
    const failure = await this.#attempt(together.flatMap(({ changes }) => changes));
    if (failure === null) this.#refuseOutdated(together);
    const isFinal = failure === null || together.length === 1 || !OF_THE_CHANGE.has(failure.code);
    if (isFinal) return settle(together, failure);
    const half = together.length >> 1;
    await this.#carryOut(together.slice(0, half));
    await this.#carryOut(together.slice(half));
  }

  /** Those that were made by a version that is gone now: the store need not be read to know it. */
  #refuseOutdated(done: readonly Waiting[]): void {
    const changed = new Set(done.flatMap(({ changes }) => changes.map(keyOfChange)));
    const isOutdated = ({ changes }: Waiting) =>
      changes.some((change) => change.ifVersion !== undefined && changed.has(keyOfChange(change)));
    const outdated = this.#waiting.filter(isOutdated);
    this.#waiting = this.#waiting.filter((one) => !outdated.includes(one));
    settle(outdated, new AppError('conflict', 'it has changed meanwhile'));
  }

  async #attempt(changes: readonly DirectoryChange[]): Promise<AppError | null> {
    const puts = changes.filter((change) => change.op === 'put').map(withLabels);
    const deleted = changes.filter((change) => change.op === 'delete');
    try {
      const result = await this.#controller().change(puts, deleted, (present) => mustFit(changes, present));
      if (result.accepted) return null;
      return new AppError('refused', result.diagnostics[0]?.message ?? 'the change is refused');
    } catch (thrown) {
      return thrown instanceof AppError ? thrown : new AppError('internal', messageOf(thrown), { cause: thrown });
    }
  }
}

function settle(together: readonly Waiting[], failure: AppError | null): void {
  for (const { resolve, reject } of together) failure === null ? resolve() : reject(failure);
}

function keyOfChange(change: DirectoryChange): string {
  return change.op === 'put' ? keyOf(change.resource) : keyFor(change.kind, change.name);
}

function keysOf(change: DirectoryChange): string[] {
  const key = keyOfChange(change);
  return change.op === 'put' && change.outer !== undefined ? [key, outerKey(change.resource, change.outer.key)] : [key];
}

function withLabels({ resource, origin, outer }: Put): User | Group {
  const systemLabels = { origin, ...(outer && { outer }) };
  return { ...resource, metadata: { ...resource.metadata, systemLabels } } as User | Group;
}

function mustFit(changes: readonly DirectoryChange[], present: readonly Resource[]): void {
  if (!changes.some((change) => change.ifVersion !== undefined || (change.op === 'put' && change.outer))) return;
  const versions = new Map(present.map((one) => [keyOf(one), one.metadata.resourceVersion]));
  const holders = new Map(present.flatMap((one) => nameOutside(one).map((name) => [name, keyOf(one)] as const)));
  for (const change of changes) {
    const key = keyOfChange(change);
    const { ifVersion } = change;
    if (ifVersion !== undefined && (versions.get(key) ?? null) !== ifVersion) {
      throw new AppError('conflict', `${key} has changed meanwhile`);
    }
    const holder = change.op === 'put' && change.outer && holders.get(outerKey(change.resource, change.outer.key));
    if (holder && holder !== key) throw new AppError('conflict', `${holder} has that name`);
  }
}

function nameOutside(resource: Resource): string[] {
  const outer = resource.metadata.systemLabels?.outer;
  const key = typeof outer === 'object' && outer !== null && 'key' in outer ? outer.key : undefined;
  return typeof key === 'string' ? [outerKey(resource, key)] : [];
}

function outerKey({ kind }: Pick<Resource, 'kind'>, key: string): string {
  return `${kind} outside: ${key}`;
}
