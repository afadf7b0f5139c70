import { readFileSync } from 'node:fs';
import { systemClock } from '../base/clock.ts';
import { AppError, messageOf } from '../base/errors.ts';
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

function readTls({ cert, key }: NonNullable<InstallConfig['tls']>) {
  try {
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } catch (cause) {
    throw new AppError('not-found', `the certificate cannot be read: ${messageOf(cause)}`, { cause });
  }
}
