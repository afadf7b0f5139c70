import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';

export const LAUNCHER = resolve(import.meta.dirname, '../../../bin/ostiary');

export interface GatewayOrder {
  readonly directory: string;
  readonly resources: string;
  readonly args?: readonly string[];
  /** Any free one when left out. */
  readonly port?: number;
  readonly profile: string | null;
}

export interface StartedGateway {
  readonly pid: number;
  readonly port: number;
  readonly data: string;
}

/** `ostiary serve` as it runs for users, its access log in a file. */
export async function startGateway(stack: AsyncDisposableStack, order: GatewayOrder): Promise<StartedGateway> {
  const { directory, args = [], profile } = order;
  const port = order.port ?? (await freePort());
  const [folder, data] = [join(directory, 'resources'), join(directory, 'data')];
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'bench.yaml'), order.resources, { mode: 0o600 });
  const pid = await startServer(stack, {
    command: LAUNCHER,
    args: [
      ...['serve', '-f', folder, '--domain', 'localhost', '--data', data],
      ...['--listen', `127.0.0.1:${port}`, '--admin-listen', '127.0.0.1:0'],
      ...['--access-log', join(directory, 'access.log'), ...args],
    ],
    port,
    ...(profile === null ? {} : { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` } }),
  });
  return { pid, port, data };
}

/** An anonymous Service that passes everything on. */
export function openService(name: string, url: string, mode = 'HTTP'): string {
  return `kind: Service
metadata: {name: ${name}}
spec:
  mode: ${mode}
  isPublic: true
  isAnonymous: true
  config: {upstream: {url: "${url}"}}
`;
}
