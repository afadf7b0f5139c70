import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
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
    await bindOnce(address).catch((thrown: unknown) => cannotListen(thrown, address));
    await shareOnce(address).catch((thrown: unknown) => cannotShare(thrown));
  }
}

/** As the near end of a connection to a port that nobody knows: clients that came to one who listens would be reset. */
async function bindOnce({ host, port }: HostPort): Promise<void> {
  const { address } = await lookup(host);
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  await once(server.listen({ host: address, port: 0 }), 'listening');
  const far = (server.address() as AddressInfo).port;
  const socket = connect({ host: reachable(address), port: far, localAddress: address, localPort: port });
  try {
    await once(socket, 'connect');
  } finally {
    // An orderly end would keep the port for a while.
    socket.resetAndDestroy();
    server.close();
  }
}

function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}

async function shareOnce({ host }: HostPort): Promise<void> {
  const server = createServer();
  server.listen({ host, port: 0, reusePort: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

function cannotShare(cause: unknown): never {
  const hint = 'it needs Linux, FreeBSD or another system with SO_REUSEPORT; leave --workers out, or say 1';
  throw new AppError('unavailable', `several workers cannot share a port on this system: ${hint}`, { cause });
}
