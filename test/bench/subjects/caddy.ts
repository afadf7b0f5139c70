import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';
import { peerTarget } from './peer-target.ts';
import type { StartSubject } from './subject.ts';

/** A plain proxy on one core with kept-alive upstream connections, and no log. */
export function caddy(program: string, directory: string): StartSubject {
  return async (stack, upstreamPort) => {
    const port = await freePort();
    const file = join(directory, 'Caddyfile');
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, configuration(port, upstreamPort));
    const env = { GOMAXPROCS: '1', XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory };
    const args = ['run', '--config', file, '--adapter', 'caddyfile'];
    const pid = await startServer(stack, { command: program, args, port, env });
    return { pid, targets: [peerTarget('caddy', port)] };
  };
}

function configuration(port: number, upstreamPort: number): string {
  return `{
	admin off
	auto_https off
}
http://:${port} {
	bind 127.0.0.1
	reverse_proxy 127.0.0.1:${upstreamPort} {
		transport http {
			keepalive_idle_conns_per_host 64
		}
	}
}
`;
}
