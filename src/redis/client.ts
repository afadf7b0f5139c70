import { createClient, RESP_TYPES } from '@redis/client';
import type { SecretValue } from '../base/secret-value.ts';

/** More commands than that wait for no reply: further ones fail at once. */
const MOST_WAITING = 20_000;

/** One connection of the Redis client, which is never used again once it has ended. */
export interface Client {
  /** Commands of one turn of the event loop are written together. Replies in bytes where `asBytes` says so. */
  send(args: readonly (string | Buffer)[], asBytes: boolean): Promise<unknown>;
  /** What waits is rejected. */
  destroy(): void;
}

/** Resolves once the server has answered. @param ended told once, of a connection that was there */
export async function openClient(url: SecretValue, timeoutMs: number, ended: (why: string) => void): Promise<Client> {
  const client = createClient({
    url: url.reveal(),
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    commandsQueueMaxLength: MOST_WAITING,
    // Overdue commands are ended by `RedisConnection`, which needs no timer for each of them.
    commandOptions: { timeout: 0 },
    socket: { reconnectStrategy: false, connectTimeout: timeoutMs },
  });
  client.on('error', (error: Error) => ended(error.message));
  try {
    // A server that hangs accepts connections all the same.
    await within(
      timeoutMs,
      client.connect().then(() => client.sendCommand(['PING'])),
    );
  } catch (thrown) {
    client.destroy();
    throw thrown;
  }
  return {
    send: (args, asBytes) => client.sendCommand(args, asBytes ? AS_BYTES : AS_TEXT),
    destroy: () => client.destroy(),
  };
}

const AS_TEXT = {};
const AS_BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no connection within ${ms} ms`)), ms);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
