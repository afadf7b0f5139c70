/**
 * Makes unary gRPC calls over cleartext HTTP/2, again and again: `node grpc-process.ts '{"port":…,"authority":…,
 * "sessions":…,"streams":…,"seconds":…}'`, `streams` at a time on each session.
 */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { LoadResult } from './load.ts';
import { percentile } from './percentile.ts';

interface Order {
  readonly port: number;
  readonly authority: string;
  readonly sessions: number;
  readonly streams: number;
  readonly seconds: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const MESSAGE = Buffer.concat([Buffer.of(0, 0, 0, 0, 100), Buffer.alloc(100, 'x')]);
const HEADERS = {
  ':method': 'POST',
  ':path': '/bench.Echo/Say',
  ':authority': order.authority,
  'content-type': 'application/grpc',
  te: 'trailers',
};
const latencies: number[] = [];
let errors = 0;

/** Resolves when the answer is complete, whatever it is. */
function call(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    const sent = performance.now();
    let [status, length] = ['', 0];
    const stream = session.request(HEADERS);
    stream.on('data', (chunk: Buffer) => {
      length += chunk.byteLength;
    });
    stream.on('trailers', (trailers) => {
      status = String(trailers['grpc-status']);
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      if (status !== '0' || length !== MESSAGE.byteLength) errors++;
      latencies.push(performance.now() - sent);
      resolve();
    });
    stream.end(MESSAGE);
  });
}

async function callAgain(session: ClientHttp2Session, end: number): Promise<void> {
  while (performance.now() < end && errors < 10) await call(session);
}

const sessions = Array.from({ length: order.sessions }, () => connect(`http://127.0.0.1:${order.port}`));
for (const session of sessions) session.on('error', () => errors++);
const begun = performance.now();
const calls = sessions.flatMap((session) =>
  Array.from({ length: order.streams }, () => callAgain(session, begun + order.seconds * 1000)),
);
await Promise.all(calls);
const seconds = (performance.now() - begun) / 1000;
for (const session of sessions) session.destroy();
const sorted = latencies.sort((a, b) => a - b);
const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
const result: LoadResult = { requests: sorted.length, errors, seconds, p50, p99 };
process.stdout.write(`${JSON.stringify(result)}\n`);
