import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayProcess } from '../support/gateway-process.ts';
import type { Answer } from '../support/http-client.ts';
import { RawUpstream, type Seen } from '../support/raw-upstream.ts';
import { open, yaml } from '../support/resources.ts';

const OTHERS = 8;
const OTHER_REQUESTS = 5;
const COUNTS = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';

/** What an upstream does instead of answering, and what the client gets: a status, or an answer that is cut off. */
interface Fault {
  readonly name: string;
  readonly does: (socket: Socket) => void;
  readonly status: number | 'cut off';
}

const FAULTS: readonly Fault[] = [
  { name: 'a reset instead of an answer', does: (socket) => socket.resetAndDestroy(), status: 502 },
  { name: 'an end instead of an answer', does: (socket) => socket.end(), status: 502 },
  { name: 'an end within the head', does: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le'), status: 502 },
  { name: 'a reset within the body', does: resetWithin(`${COUNTS}half`), status: 'cut off' },
  { name: 'an end within the body', does: (socket) => socket.end(`${COUNTS}half`), status: 'cut off' },
  {
    name: 'an end within a chunk',
    does: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal'),
    status: 'cut off',
  },
  { name: 'silence', does: () => {}, status: 504 },
  {
    name: 'a head that trickles',
    does: (socket) => trickle(socket, `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(999)}`),
    status: 504,
  },
  { name: 'a body that trickles', does: trickleBody, status: 200 },
  { name: 'a body that stops', does: (socket) => socket.write(`${COUNTS}half`), status: 'cut off' },
  { name: 'a field of 1 MiB', does: sendOnly(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1024 * 1024)}\r\n\r\n`), status: 502 },
  { name: 'a thousand fields', does: sendOnly(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(1000)}\r\n`), status: 502 },
  { name: 'no HTTP', does: sendOnly('220 mail.example ESMTP\r\n'), status: 502 },
  { name: 'two answers', does: sendOnly(`${COUNTS}0123456789${COUNTS}for others`), status: 200 },
];

function sendOnly(text: string): Fault['does'] {
  return (socket) => void socket.write(text, 'latin1');
}

function resetWithin(text: string): Fault['does'] {
  return (socket) => void socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 20));
}

/** The head comes at once: what has a time of its own is the first byte. */
function trickleBody(socket: Socket): void {
  socket.write(COUNTS);
  void trickle(socket, '0123456789', 60);
}

async function trickle(socket: Socket, text: string, ms = 20): Promise<void> {
  for (const character of text) {
    if (socket.destroyed) return;
    socket.write(character, 'latin1');
    await sleep(ms);
  }
}

/** Below `/fault/N` the fault of that number, otherwise the path. */
function answer({ startLine }: Seen, socket: Socket): void {
  const path = startLine.split(' ')[1]!;
  const number = /^\/fault\/(\d+)$/.exec(path)?.[1];
  if (number !== undefined) FAULTS[Number(number)]!.does(socket);
  else socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`);
}

const upstream = await RawUpstream.start(answer);
after(() => upstream[Symbol.asyncDispose]());
const url = upstream.url;
const config = { upstream: { url, timeouts: { firstByte: '500ms', idle: '500ms' } } };
const gateway = await GatewayProcess.start({ files: { 'a.yaml': yaml(open('site', url, { config })) } });

async function statusOf(path: string): Promise<Fault['status']> {
  return gateway.ask('site', path).then(
    ({ status }: Answer) => status,
    () => 'cut off',
  );
}

/** What others ask meanwhile, and what comes afterwards, is answered with what was asked for. */
async function others(name: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: OTHERS });
  const one = async (n: number) => {
    for (let i = 0; i < OTHER_REQUESTS; i++) {
      const path = `/${name}-${n}-${i}`;
      const { status, body } = await gateway.ask('site', path, { agent });
      assert.deepEqual([status, body], [200, path]);
    }
  };
  await Promise.all(Array.from({ length: OTHERS }, (_, n) => one(n)));
  agent.destroy();
}

for (const [number, { name, status }] of FAULTS.entries()) {
  test(`an upstream that gives ${name}: ${status}, and nobody else notices`, async () => {
    const statuses = Array.from({ length: 3 }, () => statusOf(`/fault/${number}`));
    await others('during');
    assert.deepEqual(await Promise.all(statuses), [status, status, status]);
    await others('after');
    assert.deepEqual(upstream.foul, []);
  });
}
