/**
 * Sends one GET again and again over kept-alive connections, one at a time on each, for a given time; then prints
 * what came of it: `node own-process.ts '{"port":…,"path":…,"headers":{…},"connections":…,"seconds":…}'`.
 * It reads answers with a Content-Length only.
 */
import { connect } from 'node:net';
import { answerLength, statusOf } from './answers.ts';
import type { LoadResult } from './load.ts';
import { percentile } from './percentile.ts';

interface Order {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const fields = Object.entries(order.headers).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`GET ${order.path} HTTP/1.1\r\n${fields.join('')}\r\n`, 'latin1');
const latencies: number[] = [];
let errors = 0;

/** Ends with the first answer after `end`, or when the connection fails. */
function send(end: number): Promise<void> {
  return new Promise((resolve) => {
    let [text, sent] = ['', 0];
    const socket = connect(order.port, '127.0.0.1').setNoDelay(true);
    const next = () => {
      sent = performance.now();
      socket.write(request);
    };
    const fail = () => {
      errors++;
      socket.destroy();
    };
    socket.setTimeout(10_000, fail).on('error', fail).on('close', resolve).once('connect', next);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = answerLength(text);
      if (length === 'unknown') return fail();
      if (length === 'incomplete') return;
      if (statusOf(text) >= 400) errors++;
      latencies.push(performance.now() - sent);
      text = text.slice(length);
      if (performance.now() < end) next();
      else socket.destroy();
    });
  });
}

const begun = performance.now();
await Promise.all(Array.from({ length: order.connections }, () => send(begun + order.seconds * 1000)));
const seconds = (performance.now() - begun) / 1000;
const sorted = latencies.sort((a, b) => a - b);
const result: LoadResult = {
  requests: sorted.length,
  errors,
  seconds,
  p50: percentile(sorted, 0.5),
  p99: percentile(sorted, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
