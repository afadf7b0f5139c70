import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';
import { peerTarget } from './peer-target.ts';
import type { StartSubject } from './subject.ts';

/** A plain proxy on one core with kept-alive upstream connections, and no log. */
export function haproxy(program: string, directory: string): StartSubject {
  return async (stack, upstreamPort) => {
    const port = await freePort();
    const file = join(directory, 'haproxy.cfg');
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, configuration(port, upstreamPort));
    const pid = await startServer(stack, { command: program, args: ['-db', '-f', file], port });
    return { pid, targets: [peerTarget('haproxy', port)] };
  };
}

function configuration(port: number, upstreamPort: number): string {
  return `global
  nbthread 1
  maxconn 1024
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option http-keep-alive
  option forwardfor
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend up
backend up
  server up 127.0.0.1:${upstreamPort} pool-max-conn 64
`;
}
