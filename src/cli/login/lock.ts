import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../base/errors.ts';

/** Milliseconds: longer than anything takes that is done under a lock, with one repetition. */
const OLDEST = 70_000;
const PATIENCE = 80_000;
const PAUSE = 50;

/**
 * Runs `work` while this process has the lock. One that was left behind is taken over; should two processes do so at
 * once, both run: the gateway gives both the same tokens.
 *
 * @throws AppError `unavailable` when another process does not let it go
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE;
  while (!take(path)) {
    if (Date.now() > until) throw new AppError('unavailable', `${path} is in use; remove it if nothing uses it`);
    if (isLeftBehind(path)) rmSync(path, { force: true });
    else await wait(PAUSE);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (thrown) {
    if (isNamed(thrown, 'EEXIST')) return false;
    throw thrown;
  }
}

function isLeftBehind(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return (pid > 0 && !isAlive(pid)) || Date.now() - statSync(path).mtimeMs > OLDEST;
  } catch (thrown) {
    if (isNamed(thrown, 'ENOENT')) return false;
    throw thrown;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (thrown) {
    return !isNamed(thrown, 'ESRCH');
  }
}

function isNamed(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
