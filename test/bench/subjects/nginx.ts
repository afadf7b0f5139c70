import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { startServer } from '../processes.ts';
import { peerTarget } from './peer-target.ts';
import type { StartSubject } from './subject.ts';

/** A plain proxy on one core with kept-alive upstream connections, and no log. */
export function nginx(program: string, directory: string): StartSubject {
  return async (stack, upstreamPort) => {
    const port = await freePort();
    const file = join(directory, 'nginx.conf');
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, configuration(directory, port, upstreamPort));
    const pid = await startServer(stack, { command: program, args: ['-p', directory, '-c', file], port });
    return { pid, targets: [peerTarget('nginx', port)] };
  };
}

function configuration(directory: string, port: number, upstreamPort: number): string {
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
  upstream up {
    server 127.0.0.1:${upstreamPort};
    keepalive 64;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://up;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
`;
}
