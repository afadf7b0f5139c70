import type { IdentityStore } from '../../identity/ports.ts';
import type { Awaitable } from '../base/awaitable.ts';
import type { Kind, Resource } from '../model/index.ts';
import type { SealedSecret, SealedSecretStore } from '../secrets/ports.ts';

/**
 * Everything that outlives the process. One conformance suite (`test/conformance/store`) runs on every
 * implementation. A commit that was acknowledged survives `kill -9`; one that was not leaves nothing.
 */
export interface Store {
  readonly resources: ResourceStore;
  readonly identity: IdentityStore;
  readonly secrets: SealedSecretStore;
  readonly lastGood: LastGoodStore;
  close(): Awaitable<void>;
}

/** Resources that were applied. `Session` and sealed Secret data are not here. */
export interface ResourceStore {
  /** Grows by one with each commit. */
  generation(): Awaitable<number>;
  list(): Awaitable<Resource[]>;
  get(kind: Kind, name: string): Awaitable<Resource | null>;
  /**
   * All or nothing. Sets `metadata.uid`, `createdAt`, `updatedAt` and `resourceVersion`. A sealed Secret goes in the
   * same transaction as its resource.
   * @throws AppError `conflict` when `expectedGeneration` is given and is not the present one.
   */
  commit(changes: readonly Change[], expectedGeneration?: number): Awaitable<number>;
}

export type Change =
  | { readonly op: 'put'; readonly resource: Resource; readonly sealed?: SealedSecret }
  | { readonly op: 'delete'; readonly kind: Kind; readonly name: string };

/**
 * The last text of each configuration file that could be parsed, so that a half-written file survives a restart.
 * Kept sealed: such a text may hold the values of Secrets.
 */
export interface LastGoodStore {
  get(file: string): Awaitable<string | null>;
  put(file: string, text: string): Awaitable<void>;
}
