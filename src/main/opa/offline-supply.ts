import { lacksBundle } from '../../../policies/rego/bundle/program.ts';
import { BundleSlot } from '../../../policies/rego/bundle/slot.ts';
import type { RemoteOpa } from '../../../policies/rego/remote/remote.ts';
import type { OpaSupply } from '../../compile/compile.ts';
import type { OpaBundle, OpaSettings } from '../../model/index.ts';
import { WatchedBundle } from './bundle-keeper.ts';

const NOT_ASKED = 'only a running gateway asks it';

/** Whether an error is due to what is not had offline: a gateway that has it may decide otherwise. */
export function isOfflineOnly(message: string): boolean {
  return lacksBundle(message) || message.endsWith(NOT_ASKED);
}

/** Bundles in files, and nothing that needs the network or a Secret: what needs that denies. */
export function createOfflineSupply(): OpaSupply {
  return { sourcesOf, serve: () => {} };
}

function sourcesOf({ bundles = [], remotes = [] }: OpaSettings = {}): ReturnType<OpaSupply['sourcesOf']> {
  return {
    bundles: new Map(bundles.map((settings) => [settings.name, slotOf(settings)])),
    remotes: new Map(remotes.map(({ name }) => [name, notAsked(name)])),
  };
}

function slotOf(settings: OpaBundle): BundleSlot {
  if (settings.file === undefined) return notDownloaded();
  const bundle = new WatchedBundle(settings.file, { settings, openSecret: () => null, warn: () => {} });
  bundle.lookNow();
  return bundle.slot;
}

function notDownloaded(): BundleSlot {
  const slot = new BundleSlot();
  slot.failed('only a running gateway downloads it');
  return slot;
}

function notAsked(name: string): RemoteOpa {
  return { name, ask: async () => ({ kind: 'failed', message: NOT_ASKED }) };
}
