import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';
import { peerTarget } from './peer-target.ts';
import type { StartSubject } from './subject.ts';

export interface NginxOrder {
  readonly program: string;
  readonly directory: string;
  readonly upstreamPort: number;
  readonly kind: 'http' | 'grpc';
}

/** A plain proxy on one core with kept-alive upstream connections, and no log. */
export function nginx(program: string, directory: string): StartSubject {
  return async (stack, upstreamPort) => {
    const { pid, port } = await startNginx(stack, { program, directory, upstreamPort, kind: 'http' });
    return { pid, targets: [peerTarget('nginx', port)] };
  };
}

export async function startNginx(stack: AsyncDisposableStack, order: NginxOrder) {
  const port = await freePort();
  const file = join(order.directory, 'nginx.conf');
  mkdirSync(order.directory, { recursive: true });
  writeFileSync(file, configuration(order, port));
  const pid = await startServer(stack, { command: order.program, args: ['-p', order.directory, '-c', file], port });
  return { pid, port };
}

/** Bodies pass as they come, as they do in the gateway. */
const LOCATIONS: Readonly<Record<NginxOrder['kind'], string>> = {
  http: `proxy_pass http://up;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;`,
  grpc: `grpc_pass grpc://up;
      grpc_set_header X-Forwarded-For $remote_addr;`,
};

function configuration({ directory, upstreamPort, kind }: NginxOrder, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ')}
  keepalive_requests 100000000;
  client_max_body_size 0;
  upstream up {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port}${kind === 'grpc' ? ' http2' : ''};
    location / {
      ${LOCATIONS[kind]}
    }
  }
}
`;
}
