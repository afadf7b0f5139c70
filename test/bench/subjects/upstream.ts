import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';

/** What the upstream is for: short answers, long bodies, gRPC calls, WebSockets. */
export type UpstreamKind = 'short' | 'bulk' | 'grpc' | 'tunnel';

const SCRIPTS: Readonly<Record<UpstreamKind, string>> = {
  short: 'upstream-process.ts',
  bulk: 'bulk-upstream-process.ts',
  grpc: 'grpc-upstream-process.ts',
  tunnel: 'tunnel-upstream-process.ts',
};

/** Gives the port that it listens on. */
export async function startUpstream(stack: AsyncDisposableStack, kind: UpstreamKind = 'short'): Promise<number> {
  const port = await freePort();
  const args = [join(import.meta.dirname, SCRIPTS[kind]), String(port)];
  await startServer(stack, { command: process.execPath, args, port });
  return port;
}
