import { writeFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { webSocketAccept } from '../../../src/wire/web-socket/handshake.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { GatewayProcess } from '../../support/gateway-process.ts';
import { type Answering, RawUpstream, type Seen } from '../../support/raw-upstream.ts';
import { type Document, open, service, yaml } from '../../support/resources.ts';
import { valuesOf } from '../../support/strict-reader.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { HOST, INJECTED, PROTECTED, SOCKETS, TRANSPARENT } from './case.ts';

export type Transport = 'cleartext' | 'TLS';

/** The product as it is served, and the one upstream behind every Service of it. */
export interface World {
  readonly transport: Transport;
  readonly upstream: RawUpstream;
  /** @param protocol as ALPN names it, over TLS */
  connect(protocol: 'http/1.1' | 'h2'): Promise<Socket>;
}

/** Ends with the file that asked for it. */
export async function startWorld(transport: Transport, answering: Answering = answer): Promise<World> {
  const upstream = await RawUpstream.start(answering);
  after(() => upstream[Symbol.asyncDispose]());
  const { ca, args } = transport === 'TLS' ? certificate() : { ca: '', args: [] };
  const gateway = await GatewayProcess.start({ files: { 'all.yaml': yaml(...services(upstream.url)) }, args });
  const connect = (protocol: string): Promise<Socket> =>
    transport === 'TLS' ? secured(gateway.port, ca, protocol) : plain(gateway.port);
  return { transport, upstream, connect };
}

function services(url: string): Document[] {
  const below = (prefix: string) => ({ hosts: [HOST], match: { paths: [{ prefix }] } });
  const ours = [
    { key: 'X-User', value: 'ours' },
    { key: 'Authorization', value: 'ours' },
  ];
  return [
    open('app', url),
    service('secret', { ...below(PROTECTED), config: { upstream: { url } } }),
    open('injected', url, below(INJECTED), { header: { addRequestHeaders: ours } }),
    open('transparent', url, below(TRANSPARENT), { header: { forwardedMode: 'TRANSPARENT' } }),
    open('http2', url, below('/http2'), { listenHTTP2: true }),
  ];
}

function answer(seen: Seen, socket: Socket): void {
  const [method = '', target = ''] = seen.startLine.split(' ');
  const [key] = valuesOf(seen, 'sec-websocket-key');
  if (key !== undefined && target === SOCKETS) {
    const fields = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${webSocketAccept(key)}`;
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`);
  } else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n${method === 'HEAD' ? '' : 'ok'}`);
}

function certificate(): { ca: string; args: string[] } {
  const authority = new TestAuthority();
  const { cert, key } = authority.server({ dns: [HOST, '*.gate.localhost'] });
  const directory = temporaryDirectory();
  const written = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  return { ca: authority.ca, args: ['--tls-cert', written('tls.crt', cert), '--tls-key', written('tls.key', key)] };
}

function plain(port: number): Promise<Socket> {
  const socket = connectPlain({ port, host: '127.0.0.1', noDelay: true });
  return opened(socket, 'connect');
}

function secured(port: number, ca: string, protocol: string): Promise<Socket> {
  const socket = connectTls({ port, host: '127.0.0.1', servername: HOST, ca, ALPNProtocols: [protocol] });
  return opened(socket.setNoDelay(), 'secureConnect');
}

function opened(socket: Socket, event: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject).once(event, () => resolve(socket.off('error', reject)));
  });
}
