import type { Socket } from 'node:net';
import { test } from 'node:test';
import { CASES } from './cases/index.ts';
import { judge } from './judge.ts';
import { startWorld, type Transport } from './world.ts';

/** Only ever waited for by a case that fails. Milliseconds. */
const PATIENCE = 10_000;

/** How the bytes of a case are sent. */
export interface Manner {
  readonly transport: Transport;
  /** Octets that are written at once; all of them when left out. */
  readonly piece?: number;
}

/** Longer ones are about size, and take too long in small pieces. */
const LONGEST_IN_PIECES = 2_000;

/** One test for each case, one connection for each test, one gateway for all of them. */
export async function runCorpus({ transport, piece = Number.POSITIVE_INFINITY }: Manner): Promise<void> {
  const { upstream, connect } = await startWorld(transport);
  const inPieces = Number.isFinite(piece);
  const cases = inPieces ? CASES.filter(({ bytes }) => bytes.length <= LONGEST_IN_PIECES) : CASES;
  const manner = inPieces ? `${transport} in pieces` : transport;
  for (const one of cases) {
    test(`${manner}, ${one.name.slice(0, 120)}`, async () => {
      upstream.seen.length = 0;
      upstream.foul.length = 0;
      const answers = await talk(await connect('http/1.1'), one.bytes, one.ends ?? false, piece);
      judge(one, answers, upstream);
    });
  }
}

/** Everything that comes until the gateway has closed. */
function talk(socket: Socket, bytes: string, ends: boolean, piece: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const patience = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the gateway does not close, and said ${JSON.stringify(received)}`));
    }, PATIENCE);
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    socket
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(patience);
        resolve(received);
      });
    void say(socket, bytes, piece).then(() => ends && socket.end());
  });
}

async function say(socket: Socket, bytes: string, piece: number): Promise<void> {
  if (bytes.length <= piece) {
    socket.write(bytes, 'latin1');
    return;
  }
  for (let at = 0; at < bytes.length && socket.writable; at += piece) {
    socket.write(bytes.slice(at, at + piece), 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
