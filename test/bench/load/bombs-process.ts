/**
 * Sends each of several requests with one body in turn at a fixed rate, whether or not the answers keep up:
 * `node bombs-process.ts '{"port":…,"hosts":[…],"body":…,"seconds":…,"rate":…}'`. Prints how many were answered, and
 * how many otherwise than with a denial for what the policy takes.
 */
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

interface Order {
  readonly port: number;
  readonly hosts: readonly string[];
  readonly body: string;
  readonly seconds: number;
  /** Requests a second. */
  readonly rate: number;
}

const order = JSON.parse(process.argv[2] ?? '{}') as Order;
const agent = new Agent({ keepAlive: true });
let [answered, others] = [0, 0];

function send(host: string): Promise<void> {
  const headers = { host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(order.body) };
  return new Promise((resolve) => {
    const settle = (isDenied: boolean): void => {
      answered++;
      if (!isDenied) others++;
      resolve();
    };
    const sent = request({ host: '127.0.0.1', port: order.port, method: 'POST', headers, agent }, (answer) => {
      const isDenied = answer.statusCode === 403 && answer.headers['x-ostiary-reason'] === 'policy-cost';
      answer.resume().once('end', () => settle(isDenied));
    });
    sent.on('error', () => settle(false)).end(order.body);
  });
}

const all = Math.ceil(order.seconds * order.rate);
const begun = performance.now();
const sent: Promise<void>[] = [];
for (let i = 0; i < all; i++) {
  await sleep(Math.max(0, begun + (i * 1000) / order.rate - performance.now()));
  sent.push(send(order.hosts[i % order.hosts.length]!));
}
await Promise.all(sent);
agent.destroy();
process.stdout.write(`${JSON.stringify({ answered, others })}\n`);
