import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import type { AdminApi, CredentialRequest } from '../../src/admin/api.ts';
import { adminClient } from '../../src/admin/client.ts';
import type { AccessEntry } from '../../src/telemetry/access-entry.ts';
import { type CommandResult, collect, ostiaryHere, spawnOstiary } from './command.ts';
import { type Answer, type Ask, ask } from './http-client.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

/** The apex of every gateway of these tests. Names under `localhost` may carry sessions over plain HTTP. */
export const DOMAIN = 'gate.localhost';

export interface GatewayOptions {
  /** Resources by file name, in a directory of their own that is watched. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further arguments of `serve`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A data directory that is there already. */
  readonly data?: string;
  /** The directory of `files`, when it is there already. */
  readonly directory?: string;
  /** `ports`: the domain is left to a file or a variable. */
  readonly settings?: 'ports';
  /** Most files and connections that it may have open. */
  readonly descriptors?: number;
  /** Any free one when left out. */
  readonly port?: number;
}

/** `bin/ostiary serve` as a process of its own, on free ports, with a data directory that is removed afterwards. */
export class GatewayProcess {
  readonly data: string;
  readonly directory: string;
  readonly #options: GatewayOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #out: { readonly text: string };
  readonly #err: { readonly text: string };
  #exit: number | null | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.data = options.data ?? join(temporaryDirectory(), 'data');
    this.directory = options.directory ?? temporaryDirectory();
    for (const [name, text] of Object.entries(options.files ?? {})) this.replace(name, text);
    const { env, descriptors } = options;
    this.#child = spawnOstiary(this.#arguments(), { ...(env && { env }), ...(descriptors && { descriptors }) });
    this.#out = collect(this.#child.stdout!);
    this.#err = collect(this.#child.stderr!);
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        this.#exit = code;
        resolve(code);
      });
    });
  }

  /** Waits until it listens; it is stopped with the test or the file that asked for it. */
  static async start(options: GatewayOptions = {}): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(options);
    after(() => gateway.stop('SIGKILL'));
    await gateway.#listening();
    return gateway;
  }

  /** The same once more, after it has ended: data directory and files as they are. */
  again(more: GatewayOptions = {}): Promise<GatewayProcess> {
    const { files: _files, ...options } = this.#options;
    return GatewayProcess.start({ ...options, data: this.data, directory: this.directory, ...more });
  }

  get port(): number {
    return this.#portAfter('listening on');
  }

  get adminPort(): number {
    return this.#portAfter('admin listener on');
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Process ids of its workers, the oldest first. Linux only. */
  get workers(): number[] {
    const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, 'utf8');
    return children
      .split(' ')
      .filter((pid) => pid !== '')
      .map(Number);
  }

  get stderr(): string {
    return this.#err.text;
  }

  /** Standard output, where the access log goes. */
  get stdout(): string {
    return this.#out.text;
  }

  get accessLog(): AccessEntry[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AccessEntry);
  }

  /** The first line of the log, present or to come, that is so. */
  logged(is: (entry: AccessEntry) => boolean): Promise<AccessEntry> {
    return until(
      () => `a line of the access log; there is:\n${this.stdout}`,
      () => this.accessLog.find(is),
    );
  }

  /** A command line against this gateway. */
  run(args: readonly string[], { input }: { readonly input?: string } = {}): Promise<CommandResult> {
    return ostiaryHere([...args, '--data', this.data], input);
  }

  /** The same; it must succeed. Gives its standard output. */
  async command(args: readonly string[], input = ''): Promise<string> {
    const { code, out, err } = await this.run(args, { input });
    assert.equal(code, 0, `ostiary ${args.join(' ')}: ${err}`);
    return out;
  }

  /** What commands speak through, for tests whose subject is something else. */
  get api(): AdminApi {
    return adminClient(join(this.data, 'admin.sock'));
  }

  /** An access token for a WORKLOAD user. */
  async token(user: string, more: Partial<CredentialRequest> = {}): Promise<string> {
    const request = { name: `of-${user}`, user, type: 'access-token', policies: [], scopes: [] } as const;
    const answer = await this.api.createCredential({ ...request, expiresInMs: null, rotate: false, ...more });
    return 'token' in answer ? answer.token : assert.fail('a client is no access token');
  }

  /** One request; `host` is a Service's name unless it has a dot. */
  ask(host: string, path = '/', more: Omit<Ask, 'host' | 'path'> = {}): Promise<Answer> {
    return ask(this.port, { host: host.includes('.') ? host : `${host}.${DOMAIN}`, path, ...more });
  }

  admin(path: string): Promise<Answer> {
    return ask(this.adminPort, { host: '127.0.0.1', path });
  }

  /** Changes a file as careful programs do, in one step, and waits for what the gateway says of it. */
  async write(name: string, text: string): Promise<string> {
    const before = this.#reports().length;
    this.replace(name, text);
    return until(
      () => `a report about ${name}; there is:\n${this.stderr}`,
      () => this.#reports()[before],
    );
  }

  replace(name: string, text: string): void {
    const path = join(this.directory, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }

  /** Gives the exit code; `null` when the signal ended it. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#exit === undefined) this.#child.kill(signal);
    return this.#ended;
  }

  /** Each load ends with such a line. */
  #reports(): string[] {
    return this.stderr.match(/^ostiary: generation \d+ (?:is live|stays).*$/gm) ?? [];
  }

  #arguments(): string[] {
    const { args = [], files, directory, settings, port = 0 } = this.#options;
    const ports = ['--listen', `127.0.0.1:${port}`, '--admin-listen', '127.0.0.1:0', '--data', this.data];
    const own = settings === 'ports' ? ports : ['--domain', DOMAIN, ...ports];
    const watched = files === undefined && directory === undefined ? [] : ['-f', this.directory];
    return ['serve', ...own, ...watched, ...args];
  }

  async #listening(): Promise<void> {
    await until(
      () => `the gateway to listen; it says:\n${this.stderr}`,
      () => this.#exit !== undefined || this.stderr.includes('admin listener on'),
    );
    if (this.#exit !== undefined) throw new Error(`the gateway ended with ${this.#exit}:\n${this.stderr}`);
  }

  #portAfter(words: string): number {
    const port = new RegExp(`${words} https?://\\S+:(\\d+)$`, 'm').exec(this.stderr)?.[1];
    if (port === undefined) throw new Error(`no port after "${words}" in:\n${this.stderr}`);
    return Number(port);
  }
}
