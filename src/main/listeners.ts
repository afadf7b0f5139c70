import { isLoopbackHost } from '../../identity/local-names.ts';
import { systemClock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
import { Admission } from '../downstream/admission.ts';
import { DEFAULT_LIMITS, type ListenerLimits } from '../downstream/limits.ts';
import { type Listener, type ListenOptions, listen } from '../downstream/listener.ts';
import { RedirectKernel } from '../downstream/redirect.ts';
import type { Kernel, Observer } from '../gateway/kernel.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import { CertificateSource } from './certificates.ts';
import type { HostPort, InstallConfig } from './install.ts';

export interface ListenerParts {
  readonly install: InstallConfig;
  readonly kernel: Kernel;
  readonly snapshot: () => Snapshot;
  /** Told of what the redirect listener answers; the kernel tells of the rest. */
  readonly observers: readonly Observer[];
  readonly warn: (message: string) => void;
  readonly limits?: Partial<ListenerLimits>;
  readonly isOverloaded?: () => boolean;
  readonly reusePort?: boolean;
}

/** What accepts requests from outside. */
export interface PublicListeners {
  /** Where requests are served, in the order of the settings. */
  readonly addresses: readonly Listener['address'][];
  readonly redirectAddress: Listener['address'] | null;
  /** Reads certificate files again. */
  reload(): Promise<void>;
  /** All accept no more; what is open goes on. Resolves when the ports are free. */
  stopAccepting(): Promise<void>;
  /** All accept no more, and close what is left after `ms`. */
  drain(ms: number): Promise<void>;
}

/** Opens every public listener, or none. @throws AppError that says which address or file, and what to do. */
export async function openListeners(parts: ListenerParts, stack: AsyncDisposableStack): Promise<PublicListeners> {
  const { install, kernel, snapshot, warn, limits = {}, isOverloaded = () => false, reusePort = false } = parts;
  const certificates = await openCertificates(parts, stack);
  const admission = new Admission({ ...DEFAULT_LIMITS, ...limits });
  const common = { snapshot, clock: systemClock, warn, limits, isOverloaded, reusePort, admission };
  const tls = certificates === null ? {} : { tls: certificates };
  const listeners: Listener[] = [];
  for (const at of install.listen)
    listeners.push(await opened(at, listen({ ...common, ...tls, ...at, kernel }), stack));
  const addresses = listeners.map(({ address }) => address);
  const redirect = await openRedirect(parts, common, addresses[0]?.port ?? 0, stack);
  const all = redirect === null ? listeners : [...listeners, redirect];
  return {
    addresses,
    redirectAddress: redirect?.address ?? null,
    reload: async () => certificates?.reload(),
    stopAccepting: async () => void (await Promise.all(all.map((one) => one.stopAccepting()))),
    drain: async (ms) => void (await Promise.all(all.map((one) => one.drain(ms)))),
  };
}

async function openCertificates(
  { install, snapshot, warn }: ListenerParts,
  stack: AsyncDisposableStack,
): Promise<CertificateSource | null> {
  if (install.tls === null) return null;
  const certificates = new CertificateSource(install.tls, snapshot, warn);
  stack.defer(() => certificates.close());
  await certificates.start();
  return certificates;
}

function openRedirect(
  { install, observers }: ListenerParts,
  common: Omit<ListenOptions, 'host' | 'port' | 'kernel'>,
  port: number,
  stack: AsyncDisposableStack,
): Promise<Listener | null> | null {
  const at = install.redirectListen;
  if (at === null) return null;
  const kernel = new RedirectKernel({ clock: common.clock, port, observers });
  return opened(at, listen({ ...common, ...at, kernel }), stack);
}

async function opened(at: HostPort, opening: Promise<Listener>, stack: AsyncDisposableStack): Promise<Listener> {
  const listener = await opening.catch((thrown: unknown) => cannotListen(thrown, at));
  stack.defer(() => listener.close());
  return listener;
}

/** An address that is taken is the newcomer's first mistake; the rest is told as the system tells it. */
export function cannotListen(thrown: unknown, { host, port }: HostPort): never {
  const { code } = thrown as NodeJS.ErrnoException;
  const hint = code === 'EADDRINUSE' ? 'another program uses it; choose another port' : messageOf(thrown);
  throw new AppError('unavailable', `${host}:${port} cannot be listened on: ${hint}`, { cause: thrown });
}

/**
 * The admin listener asks nobody who they are, so an address that others can reach must be wanted in so many words (R78).
 *
 * @throws AppError `usage` when it was not.
 */
export function checkAdminAddress(
  { adminListen }: InstallConfig,
  isWanted: boolean,
  warn: (text: string) => void,
): void {
  if (adminListen === null) return;
  const { host, port } = adminListen;
  if (isLoopbackHost(host.includes(':') ? `[${host}]` : host)) return;
  const exposed = `the admin listener at ${host}:${port} answers everyone who can reach it, without a password`;
  if (isWanted) {
    warn(`WARNING: ${exposed}`);
    return;
  }
  throw new AppError(
    'usage',
    `${exposed}: give a loopback address, or --admin-listen-unauthenticated-on-any-address as well`,
  );
}
