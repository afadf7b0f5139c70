import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../base/errors.ts';
import type { HostPort } from '../install.ts';
import { cannotListen } from '../listeners.ts';

/**
 * Workers share their ports with each other, and would share them with any other program of the same user that allows
 * it: so nobody else may listen there when they begin.
 *
 * @throws AppError when an address is taken, or this system cannot share ports.
 */
export async function checkAddresses(addresses: readonly HostPort[]): Promise<void> {
  for (const address of addresses) {
    await listenOnce(address, false).catch((thrown: unknown) => cannotListen(thrown, address));
    await listenOnce(address, true).catch((thrown: unknown) => cannotShare(thrown));
  }
}

async function listenOnce({ host, port }: HostPort, reusePort: boolean): Promise<void> {
  const server = createServer();
  server.listen({ host, port, reusePort });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

function cannotShare(cause: unknown): never {
  const hint = 'it needs Linux, FreeBSD or another system with SO_REUSEPORT; leave --workers out, or say 1';
  throw new AppError('unavailable', `several workers cannot share a port on this system: ${hint}`, { cause });
}
