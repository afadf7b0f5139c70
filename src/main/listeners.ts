import { readFileSync } from 'node:fs';
import { isLoopbackHost } from '../../identity/local-names.ts';
import { systemClock } from '../base/clock.ts';
import { AppError, fileProblem, messageOf } from '../base/errors.ts';
import { type Listener, listen } from '../downstream/listener.ts';
import type { Kernel } from '../gateway/kernel.ts';
import type { Snapshot } from '../gateway/snapshot.ts';
import type { HostPort, InstallConfig } from './install.ts';

/** Opens every public listener, or none. @throws AppError that says which address, and what to do. */
export async function openListeners(
  install: InstallConfig,
  kernel: Kernel,
  snapshot: () => Snapshot,
  stack: AsyncDisposableStack,
): Promise<Listener[]> {
  const tls = install.tls === null ? {} : { tls: readTls(install.tls) };
  const listeners: Listener[] = [];
  for (const address of install.listen) {
    const opened = listen({ ...address, kernel, snapshot, clock: systemClock, ...tls });
    const listener = await opened.catch((thrown: unknown) => cannotListen(thrown, address));
    stack.defer(() => listener.close());
    listeners.push(listener);
  }
  return listeners;
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

function readTls({ cert, key }: NonNullable<InstallConfig['tls']>) {
  return { cert: readPem(cert), key: readPem(key) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('not-found', `${file} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}
