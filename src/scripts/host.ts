import type { Diagnostic } from '../base/diagnostic.ts';
import { didYouMean } from '../base/suggest.ts';
import type { FoundScript, Scripts } from '../plugins/script/host.ts';
import { ScriptPool } from './pool.ts';
import type { ScriptVersion } from './version.ts';

/** Everything that may be called. */
export interface ScriptSet {
  readonly versions: readonly ScriptVersion[];
  /** Why scripts are not among them, by name. */
  readonly faults: ReadonlyMap<string, string>;
  /** What is wrong with the directories, for whoever judges configurations. */
  readonly diagnostics: readonly Diagnostic[];
}

export const NO_SCRIPTS: ScriptSet = { versions: [], faults: new Map(), diagnostics: [] };

export interface HostParts {
  /** `false`: this process only judges configurations, so no thread starts by itself. */
  readonly isServing: boolean;
  readonly warn: (message: string) => void;
}

/** The scripts of one process. */
export class ScriptHost implements Scripts {
  readonly #parts: HostParts;
  #set: ScriptSet = NO_SCRIPTS;
  /** By digest. */
  readonly #pools = new Map<string, ScriptPool>();
  #revision = 0;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  get set(): ScriptSet {
    return this.#set;
  }

  /** Another one whenever Services that list scripts have to be compiled again. */
  get revision(): number {
    return this.#revision;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.#set.diagnostics;
  }

  /** From now on these are found. Requests under way keep what they have. */
  replace(set: ScriptSet): void {
    if (contentOf(set) !== contentOf(this.#set)) this.#revision += 1;
    this.#set = set;
    const digests = new Set(set.versions.map(({ digest }) => digest));
    for (const [digest, pool] of this.#pools) {
      if (digests.has(digest)) continue;
      this.#pools.delete(digest);
      pool.retire();
    }
  }

  find(name: string): FoundScript {
    const version = this.#set.versions.find(({ settings }) => settings.name === name);
    if (version !== undefined) return { kind: 'found', script: this.#poolOf(version) };
    const fault = this.#set.faults.get(name);
    if (fault !== undefined) {
      return { kind: 'missing', message: `the script "${name}" cannot be used: ${fault}`, suggestion: 'repair it' };
    }
    const names = this.#set.versions.map(({ settings }) => settings.name);
    const suggestion = didYouMean(name, names) ?? 'give the directory that it stands in: --plugins DIR';
    return { kind: 'missing', message: `there is no script "${name}"`, suggestion };
  }

  orderOf(name: string): number | null {
    return this.#set.versions.find(({ settings }) => settings.name === name)?.settings.order ?? null;
  }

  close(): void {
    for (const pool of this.#pools.values()) pool.close();
  }

  #poolOf(version: ScriptVersion): ScriptPool {
    const before = this.#pools.get(version.digest);
    if (before !== undefined) return before;
    const pool = new ScriptPool(version, this.#parts.warn);
    this.#pools.set(version.digest, pool);
    if (this.#parts.isServing) pool.start();
    return pool;
  }
}

/** What Services see of it. */
function contentOf({ versions, faults }: ScriptSet): string {
  return JSON.stringify([versions.map(({ digest }) => digest), [...faults]]);
}
