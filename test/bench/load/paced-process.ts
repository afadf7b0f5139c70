/**
 * Sends one GET at a fixed rate, whether or not the answers keep up, and prints latencies counted from the moment at
 * which each request was due: `node paced-process.ts '{"port":…,"path":…,"headers":{…},"connections":…,"seconds":…,
 * "rate":…}'`. Timers of the event loop would be late by more than what is measured, so it sleeps by itself.
 */
import { connect, type Socket } from 'node:net';
import { answerLength, statusOf } from './answers.ts';
import type { LoadResult } from './load.ts';
import { percentile } from './percentile.ts';

interface Order {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second. */
  readonly rate: number;
}

interface Line {
  readonly socket: Socket;
  text: string;
  due: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const fields = Object.entries(order.headers).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`GET ${order.path} HTTP/1.1\r\n${fields.join('')}\r\n`, 'latin1');
/** Leaves the processor to others; short beside the latencies. */
const NAP_MS = 0.1;
const NOBODY = new Int32Array(new SharedArrayBuffer(4));
const latencies: number[] = [];
const idle: Line[] = [];
let errors = 0;
let answered = 0;

function open(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1').setNoDelay(true);
    const line: Line = { socket, text: '', due: 0 };
    socket.once('connect', () => {
      idle.push(line);
      resolve();
    });
    socket.on('error', reject).on('data', (chunk: Buffer) => read(line, chunk));
  });
}

function read(line: Line, chunk: Buffer): void {
  line.text += chunk.toString('latin1');
  const length = answerLength(line.text);
  if (length === 'incomplete') return;
  if (length === 'unknown' || statusOf(line.text) >= 400) errors++;
  latencies.push(performance.now() - line.due);
  answered++;
  line.text = '';
  idle.push(line);
}

await Promise.all(Array.from({ length: order.connections }, open));
const begun = performance.now();
const all = Math.floor(order.seconds * order.rate);
const latest = begun + order.seconds * 2000;
let sent = 0;

/** The requests that are due go out on connections that are free; the others wait, and their waiting counts. */
function turn(): void {
  const now = performance.now();
  while (sent < all && idle.length > 0) {
    const due = begun + (sent * 1000) / order.rate;
    if (due > now) break;
    const line = idle.pop()!;
    line.due = due;
    line.socket.write(request);
    sent++;
  }
  if (answered === all || now > latest) finish(now);
  else setImmediate(turn);
  Atomics.wait(NOBODY, 0, 0, NAP_MS);
}

function finish(now: number): void {
  const sorted = latencies.sort((a, b) => a - b);
  const result: LoadResult = {
    requests: answered,
    errors: errors + all - answered,
    seconds: (now - begun) / 1000,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}

turn();
