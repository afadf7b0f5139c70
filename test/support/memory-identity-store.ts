import type { HandOver, IdentityStore, StoredHandle, StoredRecord } from '../../identity/ports.ts';
import type { Session } from '../../src/model/index.ts';

/** An IdentityStore for unit tests, with a switch that makes it fail and a count of the handles that were asked for. */
export class MemoryIdentityStore implements IdentityStore {
  readonly sessionRows = new Map<string, Session>();
  readonly handleRows = new Map<string, StoredHandle>();
  readonly handOverRows = new Map<string, HandOver>();
  readonly recordRows = new Map<string, StoredRecord>();
  readonly seenRows = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  handleReads = 0;
  broken = false;

  readonly sessions: IdentityStore['sessions'] = {
    insert: (session, most) => {
      const { uid, createdAt = '' } = session.metadata;
      const others = this.#all().filter(({ status }) => status.userRef.name === session.status.userRef.name);
      const ended = most === undefined ? [] : others.slice(Math.max(0, most - 1));
      for (const { metadata } of ended) void this.sessions.delete(metadata.uid);
      this.sessionRows.set(uid, session);
      this.seenRows.set(uid, Date.parse(createdAt));
      return ended.map(({ metadata }) => metadata.uid);
    },
    update: (session) => {
      const isThere = this.sessionRows.has(session.metadata.uid);
      if (isThere) this.sessionRows.set(session.metadata.uid, session);
      return isThere;
    },
    change: (uid, to) => {
      const session = this.sessionRows.get(uid);
      if (session === undefined) return null;
      const changed = to(session);
      this.sessionRows.set(uid, changed);
      return changed;
    },
    get: (uid) => {
      const session = this.sessionRows.get(uid);
      return session === undefined ? null : { session, seenAt: this.seenRows.get(uid) ?? 0 };
    },
    seen: (times) => {
      for (const [uid, time] of times) this.seenRows.set(uid, time);
    },
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
    deleteOfSession: (uid) => this.#deleteHandles((handle) => handle.sessionUid === uid),
  };

  readonly signIns: IdentityStore['signIns'] = {
    putHandOver: (handOver) => void this.handOverRows.set(handOver.codeHash, handOver),
    takeHandOver: (codeHash) => take(this.handOverRows, codeHash),
    deleteExpired: (now) => deleteExpired(this.handOverRows, now),
  };

  readonly records: IdentityStore['records'] = {
    add: (record, most) => {
      if (this.#record(record.space, record.key) !== null) return false;
      this.recordRows.set(keyOf(record), record);
      const all = this.#recordsOf(record.space);
      for (const one of all.slice(0, Math.max(0, all.length - (most ?? all.length))))
        this.recordRows.delete(keyOf(one));
      return true;
    },
    addAll: (records) => Promise.all(records.map(async (record) => this.records.add(record))),
    put: (record) => void this.recordRows.set(keyOf(record), record),
    putAll: (records) => {
      for (const record of records) this.recordRows.set(keyOf(record), record);
    },
    replace: (record, former) => {
      if (this.recordRows.get(keyOf(record))?.json !== former) return false;
      this.recordRows.set(keyOf(record), record);
      return true;
    },
    get: (space, key) => this.#record(space, key),
    take: (space, key) => {
      const record = this.#record(space, key);
      this.recordRows.delete(keyOf({ space, key }));
      return record;
    },
    ofOwner: (space, owner) => this.#recordsOf(space).filter((record) => record.owner === owner),
    list: (space) => this.#recordsOf(space),
    delete: (space, key) => void this.recordRows.delete(keyOf({ space, key })),
    deleteOfOwner: (space, owner) => {
      for (const [key, one] of this.recordRows)
        if (one.space === space && one.owner === owner) this.recordRows.delete(key);
    },
    deleteExpired: (now) => deleteExpired(this.recordRows, now),
  };

  #record(space: string, key: string): StoredRecord | null {
    const record = this.recordRows.get(keyOf({ space, key })) ?? null;
    return record !== null && record.expiresAt > this.#now() ? record : null;
  }

  #recordsOf(space: string): StoredRecord[] {
    return [...this.recordRows.values()].filter((one) => one.space === space && one.expiresAt > this.#now());
  }

  #all(): Session[] {
    return [...this.sessionRows.values()].reverse();
  }

  #deleteHandles(wanted: (handle: StoredHandle) => boolean): void {
    for (const [hash, handle] of this.handleRows) if (wanted(handle)) this.handleRows.delete(hash);
  }
}

function keyOf({ space, key }: { readonly space: string; readonly key: string }): string {
  return JSON.stringify([space, key]);
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
