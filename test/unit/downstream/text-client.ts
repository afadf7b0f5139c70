import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { until } from './line-engine.ts';

/** A client that remembers what it received and how it ended. */
export class TextClient<S extends Socket = Socket> implements Disposable {
  readonly socket: S;
  received = '';
  ended = false;
  closed = false;
  error: Error | null = null;

  constructor(socket: S) {
    this.socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      this.received += text;
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('error', (error) => {
      this.error = error;
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

/** Resolves when it is connected. @throws when it cannot be. */
export async function open(port: number): Promise<TextClient> {
  const client = new TextClient(connect(port, '127.0.0.1'));
  await until(() => !client.socket.connecting);
  if (client.error !== null) throw client.error;
  return client;
}

/** Begins a handshake; what the server shows is not judged unless `options` says so. */
export function startTls(port: number, options: ConnectionOptions = {}): TextClient<TLSSocket> {
  return new TextClient(connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options }));
}

/** Gives the client once the engine has answered it, or once the connection is closed. */
export async function greet(port: number, options: ConnectionOptions = {}): Promise<TextClient<TLSSocket>> {
  const client = startTls(port, options);
  client.socket.write('hello');
  await until(() => client.received !== '' || client.closed);
  return client;
}

/** The common name that the server showed. */
export function shownTo({ socket }: TextClient<TLSSocket>): string | undefined {
  return socket.getPeerX509Certificate()?.subject.replace('CN=', '');
}
