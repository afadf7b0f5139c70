import { join } from 'node:path';
import { createAdminService } from '../admin/admin-service.ts';
import type { AdminApi } from '../admin/api.ts';
import { deleteUsedUp } from '../admin/credentials.ts';
import { type AdminListener, type AdminListenerDeps, openAdminListener } from '../admin/listener.ts';
import { openAdminSocket } from '../admin/socket.ts';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { DebugTokens } from '../gateway/debug-tokens.ts';
import type { Figures } from '../telemetry/metrics.ts';
import { shadowCounts } from '../telemetry/shadow-series.ts';
import type { Control } from './control.ts';
import { explain } from './explain/explain.ts';
import { reach } from './explain/reach.ts';
import type { IdentityLayer } from './identity.ts';
import type { InstallConfig } from './install.ts';
import { cannotListen } from './listeners.ts';
import type { Supply } from './opa/supply.ts';
import { compareDecisions } from './replay/compare.ts';
import type { SigningSupply } from './signing-keys.ts';
import { rotateKeys, type State } from './state.ts';

export interface AdminParts {
  readonly install: InstallConfig;
  readonly state: State;
  readonly control: Control;
  readonly identity: Pick<IdentityLayer, 'sessions' | 'credentials' | 'authenticators' | 'accessRequests' | 'hasGrant'>;
  readonly opa: Supply;
  readonly signing: SigningSupply;
  /** What the processes that serve requests make debug tokens of. */
  readonly signInKey: Uint8Array;
  readonly warn: (message: string) => void;
  /** Of every process that serves requests. */
  readonly figures: () => Promise<readonly Figures[]>;
}

/** The admin API, on its socket in the data directory. */
export async function openAdmin(parts: AdminParts, stack: AsyncDisposableStack): Promise<AdminApi> {
  const { install, state, control, identity, opa, signing, figures, signInKey } = parts;
  const debugTokens = new DebugTokens(signInKey, systemClock);
  const admin = createAdminService({
    controller: control.controller,
    sessions: identity.sessions,
    credentials: identity.credentials,
    authenticators: identity.authenticators,
    accessRequests: identity.accessRequests,
    rotateKeys: async () => ({
      ...(await rotateKeys(state)),
      signsFrom: new Date(await signing.rotate()).toISOString(),
    }),
    debugToken: async ({ lifeMs }) => debugTokens.issue(lifeMs),
    explain: (request) => explain(control.snapshot(), request, systemClock.now(), identity.hasGrant),
    reach: (request) => reach(control.snapshot(), request, systemClock.now()),
    compareDecisions: (before, after, wanted) => compareDecisions(before, after, wanted, systemClock.now()),
    shadowCounts: async () => shadowCounts(await figures()),
    opaBundles: () => opa.status(),
    clock: systemClock,
  });
  keepDeletingUsedUp(admin, parts, stack);
  const socket = await openAdminSocket(join(install.data, 'admin.sock'), admin);
  stack.defer(() => socket.close());
  return admin;
}

/** Health and metrics; `null` when nobody wants them. */
export async function openHealth(
  { adminListen }: InstallConfig,
  deps: AdminListenerDeps,
  stack: AsyncDisposableStack,
): Promise<AdminListener | null> {
  if (adminListen === null) return null;
  const opened = openAdminListener(adminListen.host, adminListen.port, deps);
  const listener = await opened.catch((thrown: unknown) => cannotListen(thrown, adminListen));
  stack.defer(() => listener.close());
  return listener;
}

/** What comes from a file stays: its file says so. */
function keepDeletingUsedUp(admin: AdminApi, { identity, warn }: AdminParts, stack: AsyncDisposableStack): void {
  const run = () =>
    deleteUsedUp(admin, identity.credentials).catch((thrown: unknown) =>
      warn(`credentials that are used up were not deleted: ${messageOf(thrown)}`),
    );
  const timer = setInterval(run, SWEEP_MS).unref();
  stack.defer(() => clearInterval(timer));
}

const SWEEP_MS = 60_000;

/** What has expired is refused wherever it is; this keeps it from piling up. */
export function keepSweeping(
  { sessions, accessRequests }: Pick<IdentityLayer, 'sessions' | 'accessRequests'>,
  warn: (message: string) => void,
  stack: AsyncDisposableStack,
): void {
  const failed = (thrown: unknown) => warn(`what has expired was not removed: ${messageOf(thrown)}`);
  const sweep = () =>
    accessRequests
      .sweep()
      .then(() => sessions.sweep())
      .catch(failed);
  const timer = setInterval(sweep, SWEEP_MS).unref();
  stack.defer(() => clearInterval(timer));
}
