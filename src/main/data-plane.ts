import { raisedPrincipal } from '../../identity/factors/raised-principal.ts';
import type { DirectoryChange, DirectoryWriter } from '../../identity/ports.ts';
import { systemClock } from '../base/clock.ts';
import { spellRefusal } from '../downstream/refusals.ts';
import { defaultBodyLimits } from '../gateway/body-budget.ts';
import { DebugTokens } from '../gateway/debug-tokens.ts';
import type { Exchange } from '../gateway/exchange.ts';
import { judge } from '../gateway/judge.ts';
import type { KernelParts, Observer } from '../gateway/kernel.ts';
import { OpenStreams } from '../gateway/open-streams.ts';
import { refuse } from '../gateway/outcome.ts';
import { createKernel } from '../gateway/pipeline.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { connectionLimits } from './connection-limits.ts';
import { createIdentityLayer, type IdentityLayer, type IdentityParts } from './identity.ts';
import type { HostPort, InstallConfig } from './install.ts';
import { keepForms } from './kept-forms.ts';
import { openListeners } from './listeners.ts';
import { watchLoad } from './overload.ts';
import { inputOf } from './policy-input.ts';
import { refusalPages } from './refusal-pages.ts';
import { createSite } from './site.ts';
import { StreamWatch } from './stream-watch.ts';

export interface DataPlaneParts
  extends Pick<
    IdentityParts,
    'store' | 'openSecret' | 'signInKey' | 'signingKeys' | 'texts' | 'sessionChanged' | 'accessChanged'
  > {
  /** Resolves once what was changed is in the snapshot. @throws AppError */
  readonly changeDirectory: (changes: readonly DirectoryChange[]) => Promise<void>;
  readonly install: InstallConfig;
  readonly snapshot: () => Snapshot;
  readonly observers: readonly Observer[];
  readonly warn: (message: string) => void;
}

/** Where requests are accepted. */
export interface PublicAddresses {
  readonly listeners: readonly HostPort[];
  readonly redirectListener: HostPort | null;
}

/** What serves requests, in one process. */
export interface DataPlane {
  readonly identity: IdentityLayer;
  readonly addresses: PublicAddresses;
  /** Another snapshot is live: what is open is judged by it. */
  snapshotChanged(): void;
  /** Ends what would stay open, now and from now on. */
  endStreams(): void;
  /** All of them are read again, and what is open is judged by that. */
  sessionsMayHaveChanged(): void;
  /** Reads certificate files again. */
  reload(): Promise<void>;
  /** Accepts no more connections, but for those that are made already; what is open goes on as it is. */
  stopAccepting(): Promise<void>;
  /** Accepts no more connections, and lets requests under way finish for at most `ms`. */
  drain(ms: number): Promise<void>;
}

/** @throws AppError when an address cannot be listened on; what was opened closes with `stack`. */
export async function openDataPlane(parts: DataPlaneParts, stack: AsyncDisposableStack): Promise<DataPlane> {
  const { install, snapshot, observers, warn } = parts;
  const sessionChanged = (uid: string) => {
    watch.sessionChanged(uid);
    parts.sessionChanged(uid);
  };
  const { store, openSecret, signInKey, signingKeys, texts } = parts;
  const directories: DirectoryWriter = {
    async change(changes) {
      await parts.changeDirectory(changes);
      return snapshot().directory;
    },
  };
  const identity = createIdentityLayer({
    store,
    openSecret,
    signInKey,
    signingKeys,
    texts,
    directories,
    current: snapshot,
    sessionChanged,
    accessChanged: parts.accessChanged,
    grantLost: (userName) => watch.userChanged(userName),
    warn,
    clock: systemClock,
  });
  stack.defer(() => identity.close());
  const debugTokens = new DebugTokens(signInKey, systemClock);
  const streams = new OpenStreams((x) => watch.opened(x));
  const kernelParts = kernelPartsOf(identity, observers, debugTokens, streams);
  const watch = new StreamWatch({
    streams,
    judge: (x) => judge(x, snapshot(), kernelParts),
    endOf: (x) => endOf(x, identity, snapshot()),
    clock: systemClock,
  });
  stack.defer(() => watch.close());
  const load = watchLoad({ workers: install.workers, warn });
  stack.defer(() => load.close());
  const kernel = createKernel(kernelParts);
  const limits = connectionLimits(install);
  const { isOverloaded } = load;
  const reusePort = install.workers > 1;
  const listeners = await openListeners(
    { install, kernel, snapshot, observers, warn, limits, isOverloaded, reusePort },
    stack,
  );
  return {
    identity,
    addresses: { listeners: listeners.addresses, redirectListener: listeners.redirectAddress },
    snapshotChanged: () => void watch.lookAtAll(),
    sessionsMayHaveChanged: () => {
      identity.forgetSessions();
      void watch.lookAtAll();
    },
    endStreams: () => void watch.endAll(refuse('shutting-down')),
    reload: () => listeners.reload(),
    stopAccepting: () => listeners.stopAccepting(),
    drain: (ms) => listeners.drain(ms),
  };
}

function kernelPartsOf(
  identity: IdentityLayer,
  observers: readonly Observer[],
  debugTokens: DebugTokens,
  streams: OpenStreams,
): KernelParts {
  const clock = systemClock;
  const bodyLimits = defaultBodyLimits();
  return {
    clock,
    identify: identity.identify,
    identifyAgain: identity.identifyAgain,
    buildInput: (x, principal = x.principal!) => {
      const hasGrant = identity.hasGrant(principal, x.service!.name);
      return inputOf(x, { time: clock.now(), hasGrant, principal });
    },
    raised: (principal) => raisedPrincipal(principal, clock.now()),
    site: createSite({ ...identity, identity: identity.site, clock, bodyLimits }),
    answerLater: keepForms({ keptForms: identity.keptForms, bodyLimits }),
    spell: (x, refusal) => spellRefusal(x, refusal, refusalPages),
    observers,
    acceptsDebugToken: (token) => debugTokens.accepts(token),
    streams,
    bodyLimits,
  };
}

/** Before it is judged for the first time, and for a token of another issuer, what the principal says counts. */
function endOf({ principal }: Exchange, identity: IdentityLayer, { directory }: Snapshot): number {
  const session = principal?.session ?? null;
  if (session === null) return Number.POSITIVE_INFINITY;
  return identity.sessionEnd(session.metadata.uid, directory) ?? Date.parse(session.spec.expiresAt);
}
