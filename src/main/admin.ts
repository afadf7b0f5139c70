import { join } from 'node:path';
import { createAdminService } from '../admin/admin-service.ts';
import type { AdminApi } from '../admin/api.ts';
import { type AdminListener, type AdminListenerDeps, openAdminListener } from '../admin/listener.ts';
import { openAdminSocket } from '../admin/socket.ts';
import { systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Control } from './control.ts';
import type { IdentityLayer } from './identity.ts';
import type { InstallConfig } from './install.ts';
import { cannotListen } from './listeners.ts';
import { rotateKeys, type State } from './state.ts';

export interface AdminParts {
  readonly install: InstallConfig;
  readonly state: State;
  readonly control: Control;
  readonly identity: Pick<IdentityLayer, 'sessions' | 'accessTokens'>;
}

/** The admin API, on its socket in the data directory. */
export async function openAdmin(parts: AdminParts, stack: AsyncDisposableStack): Promise<AdminApi> {
  const { install, state, control, identity } = parts;
  const admin = createAdminService({
    controller: control.controller,
    sessions: identity.sessions,
    accessTokens: identity.accessTokens,
    rotateKeys: () => rotateKeys(state),
    clock: systemClock,
  });
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

const SWEEP_MS = 60_000;

/** Expired sessions are refused wherever they are; this keeps them from piling up. */
export function keepSweeping(
  { sessions }: Pick<IdentityLayer, 'sessions'>,
  warn: (message: string) => void,
  stack: AsyncDisposableStack,
): void {
  const sweep = () =>
    sessions.sweep().catch((thrown: unknown) => warn(`expired sessions were not removed: ${messageOf(thrown)}`));
  const timer = setInterval(sweep, SWEEP_MS).unref();
  stack.defer(() => clearInterval(timer));
}
