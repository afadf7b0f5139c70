import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/** A TLS 1.2 ClientHello with these bytes as the server name, as no library would send them. */
export function clientHello(serverName: Buffer | null): Buffer {
  const sni = serverName === null ? [] : [extension(0, sized(2, Buffer.of(0), sized(2, serverName)))];
  const hello = Buffer.concat([
    Buffer.of(3, 3),
    randomBytes(32),
    Buffer.of(0),
    sized(2, Buffer.of(0xc0, 0x2b)), // ECDHE-ECDSA-AES128-GCM-SHA256
    Buffer.of(1, 0),
    sized(
      2,
      ...sni,
      extension(10, sized(2, Buffer.of(0, 23))), // secp256r1
      extension(11, Buffer.of(1, 0)),
      extension(13, sized(2, Buffer.of(4, 3))), // ecdsa_secp256r1_sha256
    ),
  ]);
  const handshake = Buffer.concat([Buffer.of(1), sized(3, hello)]);
  return Buffer.concat([Buffer.of(0x16, 3, 1), sized(2, handshake)]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type >> 8, type & 0xff), sized(2, content)]);
}

/** Behind its length in so many bytes. */
function sized(bytes: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(content.length, 0, bytes);
  return Buffer.concat([length, content]);
}

/** The type of the first record of the answer: a handshake that goes on, an alert, or nothing at all. */
export function answerTo(port: number, bytes: Buffer): Promise<'handshake' | 'alert' | 'closed'> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('error', () => {});
    socket.on('data', ([type]) => {
      resolve(type === 0x16 ? 'handshake' : 'alert');
      socket.destroy();
    });
    socket.on('close', () => resolve('closed'));
  });
}
