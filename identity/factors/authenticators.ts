import type { Authenticator } from '../../src/model/index.ts';
import type { Factor, FactorState } from './factor.ts';
import { endWhatItRaised, type RemovalDeps, removeWithCodes } from './remove.ts';

/** Second factors as resources, for administrators: never with what makes them one. */
export class Authenticators {
  readonly #deps: RemovalDeps;

  constructor(deps: RemovalDeps) {
    this.#deps = deps;
  }

  async list(): Promise<Authenticator[]> {
    return (await this.#deps.factors.all()).map(({ factor }) => toResource(factor));
  }

  /** By name or uid; `null`: there is none. */
  async remove(idOrName: string): Promise<Authenticator | null> {
    const kept = await this.#find(idOrName);
    if (kept === null) return null;
    await removeWithCodes(this.#deps, kept);
    return toResource(kept.factor);
  }

  /** `false`: there is none. */
  async setState(idOrName: string, state: FactorState): Promise<boolean> {
    for (;;) {
      const kept = await this.#find(idOrName);
      if (kept === null) return false;
      // It may be in use at this moment.
      if (!(await this.#deps.factors.replace(kept, { ...kept.factor, state }))) continue;
      if (state !== 'ACTIVE') await endWhatItRaised(this.#deps, kept.factor);
      return true;
    }
  }

  async #find(idOrName: string) {
    const all = await this.#deps.factors.all();
    return all.find(({ factor }) => factor.name === idOrName || factor.uid === idOrName) ?? null;
  }
}

function toResource({ name, uid, label, user, state, createdAt, usedAt, type }: Factor): Authenticator {
  return {
    kind: 'Authenticator',
    metadata: { name, uid, createdAt, displayName: label },
    spec: { state },
    status: { type, userRef: user, ...(usedAt !== null && { lastUsedAt: usedAt }) },
  };
}
