import { type ChildProcess, spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { createClient } from '@redis/client';
import { findProgram } from '../bench/processes.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const PASSWORD = 'a-password-of-tests';

export const HAS_REDIS = findProgram('redis-server') !== null;

/** A suite in a file of its own. Without a `redis-server` it is skipped, and with `CI=true` it fails. */
export async function suiteWithRedis(title: string, load: () => Promise<unknown>): Promise<void> {
  if (HAS_REDIS || process.env.CI === 'true') await load();
  else test(title, { skip: 'redis-server is missing' }, () => undefined);
}

/** A `redis-server` that keeps nothing, ended with the test or the file that asked for it. */
export class RedisServer {
  readonly port: number;
  #child: ChildProcess | null = null;
  #client: ReturnType<typeof createClient> | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    after(() => server.stop());
    await server.begin();
    return server;
  }

  get url(): string {
    return `redis://:${PASSWORD}@127.0.0.1:${this.port}`;
  }

  /** Again on the same port, with nothing in it. */
  async begin(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const child = spawn('redis-server', [...args, '--requirepass', PASSWORD], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    this.#child = child;
    await until(
      () => `redis-server to be ready; it says:\n${said}`,
      () => said.includes('Ready to accept connections'),
    );
    this.#client = createClient({ url: this.url, RESP: 2 });
    this.#client.on('error', () => {});
    await this.#client.connect();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#client?.destroy();
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** It accepts connections and answers nothing. */
  hang(): void {
    this.#child!.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child!.kill('SIGCONT');
  }

  command(...args: readonly string[]): Promise<unknown> {
    return this.#client!.sendCommand(args);
  }

  async keys(pattern = '*'): Promise<string[]> {
    return ((await this.command('KEYS', pattern)) as string[]).sort();
  }

  /** How often each command was run, by its name in lower case; those of this class too. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    const text = String(await this.command('INFO', 'commandstats'));
    return Object.fromEntries(
      [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name, n]) => [name, Number(n)]),
    );
  }
}
