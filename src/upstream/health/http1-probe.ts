import type { Socket } from 'node:net';
import type { Endpoint } from '../endpoint.ts';
import type { HealthCheckSpec } from '../spec.ts';

/** How much of an answer is looked at: its status line. */
const MOST_READ = 1024;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})[ \r]/;

type HttpCheck = Pick<HealthCheckSpec, 'path' | 'expectedStatus'>;

/** Asks for a path over a connection that is used for nothing else, and reads the status of the answer. */
export async function askByHttp1(socket: Socket, { url, authority, proxy }: Endpoint, check: HttpCheck): Promise<void> {
  const isRelayed = proxy !== null && url.protocol === 'http:';
  const target = isRelayed ? `${url.origin}${check.path}` : check.path;
  const authorization = isRelayed ? proxy.authorization : null;
  const fields = [
    `GET ${target} HTTP/1.1`,
    `Host: ${authority}`,
    ...(authorization === null ? [] : [`Proxy-Authorization: ${authorization}`]),
    'User-Agent: ostiary-health-check',
    'Connection: close',
  ];
  const answer = firstBytes(socket);
  socket.write(`${fields.join('\r\n')}\r\n\r\n`);
  judgeStatus(STATUS_LINE.exec(await answer)?.[1], check);
}

function firstBytes(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n') || text.length > MOST_READ) resolve(text);
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
    socket.once('end', () => resolve(text));
  });
}

/** @throws Error on a status that is not the expected one. */
export function judgeStatus(text: string | undefined, { expectedStatus }: HttpCheck): void {
  if (text === undefined) throw new Error('the answer is not HTTP');
  const status = Number(text);
  const fits = expectedStatus.length === 0 ? status >= 200 && status < 300 : expectedStatus.includes(status);
  if (!fits) throw new Error(`it answered ${status}`);
}
