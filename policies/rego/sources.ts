import type { BundleSlot } from './bundle/slot.ts';
import type { RemoteOpa } from './remote/remote.ts';

/** Where conditions find policies that stand elsewhere, by the names that the ClusterConfig gives them. */
export interface OpaSources {
  readonly bundles: ReadonlyMap<string, BundleSlot>;
  readonly remotes: ReadonlyMap<string, RemoteOpa>;
}

export const NO_SOURCES: OpaSources = { bundles: new Map(), remotes: new Map() };
