import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { durationMs } from '../base/duration.ts';
import { AppError, fileProblem } from '../base/errors.ts';
import { SecretValue } from '../base/secret-value.ts';

/** What gateways share their limits and answers by. */
export interface RedisInstall {
  /** With name and password. */
  readonly url: SecretValue;
  /** What answers are sealed with; `null`: none are shared. */
  readonly key: SecretValue | null;
  /** Milliseconds that an answer is waited for. */
  readonly timeout: number;
}

/** `redis` in the settings file. */
export const RedisSettings = Type.Object(
  {
    url: Type.Optional(Type.String()),
    urlFile: Type.Optional(Type.String()),
    key: Type.Optional(Type.String()),
    keyFile: Type.Optional(Type.String()),
    timeout: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);
export type RedisSettings = Static<typeof RedisSettings>;

/** Characters; what is made of fewer may be guessed. */
const SHORTEST_KEY = 32;
const DEFAULT_TIMEOUT = '250ms';
const LONGEST_TIMEOUT_MS = 30_000;

/** @param settings those that go before come last @throws AppError `usage`, which shows neither URL nor key */
export function redisInstall(settings: readonly (RedisSettings | undefined)[]): RedisInstall | null {
  const url = lastOf(settings, 'url', 'urlFile');
  const key = lastOf(settings, 'key', 'keyFile');
  if (url === null && key !== null) throw new AppError('usage', 'a key for Redis needs a Redis: say where it is');
  if (url === null) return null;
  return {
    url: new SecretValue(checkedUrl(url)),
    key: key === null ? null : new SecretValue(checkedKey(key)),
    timeout: timeoutOf(settings.findLast((one) => one?.timeout !== undefined)?.timeout ?? DEFAULT_TIMEOUT),
  };
}

function timeoutOf(text: string): number {
  const ms = durationMs(text);
  if (ms !== null && ms > 0 && ms <= LONGEST_TIMEOUT_MS) return ms;
  throw new AppError('usage', `redis: timeout: "${text}" is not a duration of at most 30s, such as 250ms`);
}

/** From flags or variables. */
export function redisSettings(texts: { readonly [K in keyof RedisSettings]: string | undefined }): RedisSettings {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}

type Value = 'url' | 'key';

/** A value and a file of one source exclude each other; those of a source that goes before replace both. */
function lastOf(settings: readonly (RedisSettings | undefined)[], value: Value, file: `${Value}File`): string | null {
  const given = settings.findLast((one) => one?.[value] !== undefined || one?.[file] !== undefined);
  if (given === undefined) return null;
  const [text, path] = [given[value], given[file]];
  if (text !== undefined && path !== undefined)
    throw new AppError('usage', `redis: ${value} and ${file} exclude each other`);
  return text ?? readSecret(path!);
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new AppError('usage', `${path} cannot be read: ${fileProblem(cause)}`, { cause });
  }
}

function checkedUrl(text: string): string {
  const isSocket = /^unix:\/\/(?:[^/@]*@)?\/[^/]/.test(text);
  if (isSocket || (URL.canParse(text) && isServer(new URL(text)))) return text;
  throw new AppError('usage', 'redis: that is no URL of a Redis, such as rediss://NAME:PASSWORD@HOST:6379');
}

function isServer({ protocol, hostname, pathname }: URL): boolean {
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '' && /^(?:\/\d*)?$/.test(pathname);
}

function checkedKey(text: string): string {
  if (text.length >= SHORTEST_KEY) return text;
  throw new AppError('usage', `redis: the key has fewer than ${SHORTEST_KEY} characters`);
}
