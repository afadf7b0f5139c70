import type { RemoteOpa } from '../../../policies/rego/remote/remote.ts';
import type { OpaSources } from '../../../policies/rego/sources.ts';
import type { OpaBundleStatus } from '../../admin/api.ts';
import { messageOf } from '../../base/errors.ts';
import type { OpaSupply } from '../../compile/compile.ts';
import type { OpaBundle, OpaSettings } from '../../model/index.ts';
import type { OpenSecret } from './bearer.ts';
import { type BundleKeeper, WatchedBundle } from './bundle-keeper.ts';
import { DownloadedBundle } from './downloaded-bundle.ts';
import { HttpCaller } from './http-call.ts';
import { lastGoodPath, pruneLastGood } from './last-good.ts';
import { RemoteClient } from './remote-client.ts';

export interface SupplyParts {
  /** The data directory. */
  readonly data: string;
  readonly openSecret: OpenSecret;
  /** Whether this process asks bundle servers; one that does not reads what another one has kept. */
  readonly downloads: boolean;
  readonly warn: (message: string) => void;
}

interface Supplied extends OpaSources {
  readonly keepers: readonly BundleKeeper[];
}

/** The bundles and servers that the ClusterConfig names, kept for as long as it names them. */
export class Supply implements OpaSupply {
  readonly #parts: SupplyParts;
  readonly #caller = new HttpCaller();
  /** By what the settings give; the ones that serve, and what was made since for settings that may come to serve. */
  readonly #known = new Map<string, Supplied>();
  #serving: Supplied | null = null;

  constructor(parts: SupplyParts) {
    this.#parts = parts;
  }

  sourcesOf(settings: OpaSettings | undefined): OpaSources {
    const key = JSON.stringify(settings ?? {});
    const known = this.#known.get(key) ?? this.#make(settings ?? {});
    this.#known.set(key, known);
    for (const keeper of known.keepers) keeper.lookNow();
    return known;
  }

  serve(sources: OpaSources): void {
    const before = this.#serving?.keepers ?? [];
    for (const [key, known] of this.#known) {
      if (known === sources) this.#serving = known;
      else this.#known.delete(key);
    }
    const now = this.#serving?.keepers ?? [];
    for (const keeper of before) if (!now.includes(keeper)) keeper.stop();
    for (const keeper of now) keeper.start();
  }

  /** Whatever is kept on disk of bundles that do not serve any more goes. A disk that fails is tried the next time. */
  prune(): void {
    const { data, downloads, warn } = this.#parts;
    if (!downloads || this.#serving === null) return;
    try {
      pruneLastGood(
        data,
        this.#serving.keepers.map(({ settings }) => settings),
      );
    } catch (thrown) {
      warn(`OPA bundles that are no longer named cannot be removed: ${messageOf(thrown)}`);
    }
  }

  status(): OpaBundleStatus[] {
    return (this.#serving?.keepers ?? []).map(({ slot, settings: { name } }) => ({
      name,
      revision: slot.current?.revision ?? null,
      digest: slot.current?.digest ?? null,
      problem: slot.problem === '' ? null : slot.problem,
    }));
  }

  close(): void {
    for (const keeper of this.#serving?.keepers ?? []) keeper.stop();
    this.#caller.close();
  }

  #make({ bundles = [], remotes = [] }: OpaSettings): Supplied {
    const { openSecret } = this.#parts;
    const keepers = bundles.map((settings) => this.#kept(settings) ?? this.#keeper(settings));
    const clients = remotes.map((settings): RemoteOpa => new RemoteClient(settings, this.#caller, openSecret));
    return {
      keepers,
      bundles: new Map(keepers.map(({ settings, slot }) => [settings.name, slot])),
      remotes: new Map(clients.map((client) => [client.name, client])),
    };
  }

  /** A bundle whose settings did not change stays loaded. */
  #kept(settings: OpaBundle): BundleKeeper | undefined {
    const text = JSON.stringify(settings);
    return this.#serving?.keepers.find((keeper) => JSON.stringify(keeper.settings) === text);
  }

  #keeper(settings: OpaBundle): BundleKeeper {
    const { data, downloads } = this.#parts;
    const parts = { ...this.#parts, settings };
    if (settings.file !== undefined) return new WatchedBundle(settings.file, parts);
    if (downloads) return new DownloadedBundle({ ...parts, caller: this.#caller });
    return new WatchedBundle(lastGoodPath(data, settings), parts);
  }
}

/** @returns one that is closed with `stack` */
export function openSupply(parts: SupplyParts, stack: AsyncDisposableStack): Supply {
  const supply = new Supply(parts);
  stack.defer(() => supply.close());
  return supply;
}
