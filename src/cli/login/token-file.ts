import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, messageOf } from '../../base/errors.ts';
import { preparePrivateDirectory } from '../../base/private-directory.ts';
import type { Io } from '../command.ts';
import { withLock } from './lock.ts';

/** A token of a person for the programs of one machine. */
export interface StoredLogin {
  readonly accessToken: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  /** Gives another token, once. Left out: the gateway gave none. */
  readonly refreshToken?: string;
}

interface Stored {
  /** Where the last login was. */
  readonly current: string | null;
  /** By origin of the auth host. */
  readonly logins: Readonly<Record<string, StoredLogin>>;
}

const EMPTY: Stored = { current: null, logins: {} };

/** The file with the tokens of `ostiary login`, where the system keeps such files; only its owner may read it. */
export class TokenFile {
  readonly path: string;

  constructor({ env }: Pick<Io, 'env'>, platform: NodeJS.Platform = process.platform) {
    this.path = join(configDirectory(env, platform), 'ostiary', 'tokens.json');
  }

  /**
   * Makes sure of a directory where nobody else can put another file in its place, which would name their gateway as the
   * one to sign in at.
   * @throws AppError `refused`
   */
  prepare(): void {
    preparePrivateDirectory(dirname(this.path));
  }

  get current(): string | null {
    return this.#read().current;
  }

  get(server: string): StoredLogin | null {
    const { logins } = this.#read();
    return Object.hasOwn(logins, server) ? (logins[server] ?? null) : null;
  }

  put(server: string, login: StoredLogin): void {
    this.#write({ current: server, logins: { ...this.#read().logins, [server]: login } });
  }

  /** Takes the place of what is known of the server; where the last login was stays. */
  renew(server: string, login: StoredLogin): void {
    const { current, logins } = this.#read();
    this.#write({ current, logins: { ...logins, [server]: login } });
  }

  /** Runs `work` while no other process of this user changes the file. @throws AppError `unavailable` */
  locked<T>(work: () => Promise<T>): Promise<T> {
    this.prepare();
    return withLock(`${this.path}.lock`, work);
  }

  remove(server: string): void {
    const { current, logins } = this.#read();
    const { [server]: _removed, ...rest } = logins;
    this.#write({ current: current === server ? null : current, logins: rest });
  }

  #read(): Stored {
    try {
      return { ...EMPTY, ...(JSON.parse(readFileSync(this.path, 'utf8')) as Partial<Stored>) };
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return EMPTY;
      throw new AppError('invalid', `${this.path} cannot be read: ${messageOf(cause)}`, { cause });
    }
  }

  /** In one step, so that it is never half there; made with its mode, so that nobody reads it in between. */
  #write(stored: Stored): void {
    this.prepare();
    const next = `${this.path}.${process.pid}`;
    rmSync(next, { force: true });
    writeFileSync(next, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(next, this.path);
  }
}

/** XDG Base Directory on Linux; the customary ones of macOS and Windows. */
function configDirectory(env: Io['env'], platform: NodeJS.Platform): string {
  const home = env.HOME ?? homedir();
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support');
    case 'win32':
      return env.APPDATA ?? join(home, 'AppData', 'Roaming');
    default:
      return env.XDG_CONFIG_HOME ?? join(home, '.config');
  }
}
