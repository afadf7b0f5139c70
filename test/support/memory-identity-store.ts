import type { HandOver, IdentityStore, StoredHandle } from '../../identity/ports.ts';
import type { Session } from '../../src/model/index.ts';

/** An IdentityStore for unit tests, with a switch that makes it fail and a count of the handles that were asked for. */
export class MemoryIdentityStore implements IdentityStore {
  readonly sessionRows = new Map<string, Session>();
  readonly handleRows = new Map<string, StoredHandle>();
  readonly handOverRows = new Map<string, HandOver>();
  handleReads = 0;
  broken = false;

  readonly sessions: IdentityStore['sessions'] = {
    put: (session) => void this.sessionRows.set(session.metadata.uid, session),
    get: (uid) => this.sessionRows.get(uid) ?? null,
    find: (idOrName) =>
      this.#all().find(({ metadata }) => metadata.uid === idOrName || metadata.name === idOrName) ?? null,
    list: (user) => this.#all().filter((session) => user === undefined || session.status.userRef.name === user),
    delete: (uid) => {
      this.sessionRows.delete(uid);
      this.#deleteHandles((handle) => handle.sessionUid === uid);
    },
    deleteExpired: (now) => {
      const expired = this.#all().filter(({ spec }) => Date.parse(spec.expiresAt) < now);
      for (const { metadata } of expired) void this.sessions.delete(metadata.uid);
      return expired.length;
    },
  };

  readonly handles: IdentityStore['handles'] = {
    put: (handle) => void this.handleRows.set(handle.hash, handle),
    get: (hash) => {
      if (this.broken) throw new Error('the disk is on fire');
      this.handleReads++;
      return this.handleRows.get(hash) ?? null;
    },
    delete: (hash) => void this.handleRows.delete(hash),
    deleteOfCredential: (credential) => this.#deleteHandles((handle) => handle.credential === credential),
  };

  readonly signIns: IdentityStore['signIns'] = {
    putHandOver: (handOver) => void this.handOverRows.set(handOver.codeHash, handOver),
    takeHandOver: (codeHash) => take(this.handOverRows, codeHash),
    deleteExpired: (now) => deleteExpired(this.handOverRows, now),
  };

  #all(): Session[] {
    return [...this.sessionRows.values()].reverse();
  }

  #deleteHandles(wanted: (handle: StoredHandle) => boolean): void {
    for (const [hash, handle] of this.handleRows) if (wanted(handle)) this.handleRows.delete(hash);
  }
}

function take<V>(rows: Map<string, V>, key: string): V | null {
  const row = rows.get(key) ?? null;
  rows.delete(key);
  return row;
}

function deleteExpired(rows: Map<string, { readonly expiresAt: number }>, now: number): number {
  const expired = [...rows].filter(([, row]) => row.expiresAt < now);
  for (const [key] of expired) rows.delete(key);
  return expired.length;
}
