import { messageOf } from '../../../src/base/errors.ts';
import type { RegoCache } from './cache.ts';
import {
  compileLater,
  findCompiled,
  type RegoCompilation,
  type RegoCompiler,
  type RegoForm,
  type RegoSource,
  refuse,
} from './compiler.ts';
import type { OpaProgram } from './opa.ts';

/** Runs of the program that are under way at the same time. */
const AT_ONCE = 2;

const NOT_YET = refuse('it is not compiled yet');

/**
 * For a process that serves: it never waits for the `opa` program. What is not known is refused at first and noted;
 * once `prepare` is through, the same question has its answer.
 */
export class PreparedCompiler implements RegoCompiler {
  readonly #opa: OpaProgram;
  readonly #cache: RegoCache;
  readonly #missed = new Map<string, RegoSource>();
  /** Of what was missed, until nothing is. */
  readonly #ready = new Map<string, RegoCompilation>();

  constructor(opa: OpaProgram, cache: RegoCache) {
    this.#opa = opa;
    this.#cache = cache;
  }

  compile(source: string, form: RegoForm): RegoCompilation {
    const key = `${form.package} ${source}`;
    const known = this.#ready.get(key) ?? this.#find(source, form);
    if (known !== null) return known;
    this.#missed.set(key, { source, form });
    return NOT_YET;
  }

  async prepare(signal: AbortSignal): Promise<boolean> {
    const missed = [...this.#missed];
    this.#missed.clear();
    if (missed.length === 0) {
      this.#ready.clear();
      return false;
    }
    const next = async (): Promise<void> => {
      for (let one = missed.pop(); one !== undefined; one = missed.pop()) await this.#compile(...one, signal);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return true;
  }

  /** Which version the module must be of is known once the program was asked. */
  #find(source: string, form: RegoForm): RegoCompilation | null {
    const { knownVersion } = this.#opa;
    return knownVersion === undefined ? null : findCompiled(this.#cache, knownVersion, source, form);
  }

  async #compile(key: string, source: RegoSource, signal: AbortSignal): Promise<void> {
    const compiled = await compileLater(this.#opa, this.#cache, source, signal).catch((thrown: unknown) =>
      refuse(messageOf(thrown)),
    );
    this.#ready.set(key, compiled);
  }
}
