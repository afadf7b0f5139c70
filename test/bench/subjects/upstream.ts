import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';

/** Gives the port that it listens on. */
export async function startUpstream(stack: AsyncDisposableStack): Promise<number> {
  const port = await freePort();
  const args = [join(import.meta.dirname, 'upstream-process.ts'), String(port)];
  await startServer(stack, { command: process.execPath, args, port });
  return port;
}
