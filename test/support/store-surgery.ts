import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { GatewayProcess } from './gateway-process.ts';

/** Lets a device grant run out that would have lived for minutes. */
export function expireDeviceGrants({ data }: GatewayProcess): void {
  change(data, (database) => {
    database.exec(`UPDATE records SET json = json_set(json, '$.expiresAt', 1) WHERE space = 'device-grant'`);
  });
}

/** Lets the sessions of a user run out, as if their time had passed; they are known still. */
export function expireSessions({ data }: GatewayProcess, user: string): void {
  const past = Date.now() - 1000;
  change(data, (database) => {
    database
      .prepare(`UPDATE sessions SET expires_at = ?, json = json_set(json, '$.spec.expiresAt', ?) WHERE user_name = ?`)
      .run(past, new Date(past).toISOString(), user);
  });
}

function change(data: string, write: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(data, 'ostiary.db'));
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    write(database);
  } finally {
    database.close();
  }
}
