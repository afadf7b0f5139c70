import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Kind, Resource } from '../../model/index.ts';
import type { Change, ResourceStore } from '../store.ts';
import type { Connection, Statement } from './connection.ts';
import { readJson } from './json.ts';
import type { SqliteSealedSecrets } from './sealed-secrets.ts';
import { stamped } from './stamp.ts';
import { checkStorable } from './storable.ts';

interface ResourceRow {
  readonly json: string;
}

export class SqliteResources implements ResourceStore {
  readonly #connection: Connection;
  readonly #secrets: SqliteSealedSecrets;
  readonly #clock: Clock;
  readonly #generation: Statement<{ generation: number }>;
  readonly #advance: Statement<{ generation: number }>;
  readonly #list: Statement<ResourceRow>;
  readonly #get: Statement<ResourceRow>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  /** By their texts: what has not changed is the same object, and what was found out about it still counts. */
  #listed: ReadonlyMap<string, Resource> = new Map();

  constructor(connection: Connection, secrets: SqliteSealedSecrets, clock: Clock) {
    this.#connection = connection;
    this.#secrets = secrets;
    this.#clock = clock;
    this.#generation = connection.prepare('SELECT generation FROM state');
    this.#advance = connection.prepare('UPDATE state SET generation = generation + 1 RETURNING generation');
    this.#list = connection.prepare('SELECT json FROM resources ORDER BY kind, name');
    this.#get = connection.prepare('SELECT json FROM resources WHERE kind = ? AND name = ?');
    this.#put = connection.prepare(
      `INSERT INTO resources (kind, name, uid, json) VALUES (?, ?, ?, ?)
         ON CONFLICT (kind, name) DO UPDATE SET json = excluded.json`,
    );
    this.#delete = connection.prepare('DELETE FROM resources WHERE kind = ? AND name = ?');
  }

  generation(): number {
    return only(this.#generation.get());
  }

  list(): Resource[] {
    const rows = this.#list.all();
    const known = this.#listed;
    this.#listed = new Map(
      rows.map(({ json }) => [json, known.get(json) ?? readJson<Resource>(json, 'a resource')] as const),
    );
    return [...this.#listed.values()];
  }

  get(kind: Kind, name: string): Resource | null {
    const row = this.#get.get(kind, name);
    return row === null ? null : readJson<Resource>(row.json, `${kind} "${name}"`);
  }

  commit(changes: readonly Change[], expectedGeneration?: number): number {
    return this.#connection.transaction(() => {
      if (expectedGeneration !== undefined) this.#expect(expectedGeneration);
      const generation = only(this.#advance.get());
      const now = new Date(this.#clock.now()).toISOString();
      for (const change of changes) this.#apply(change, generation, now);
      return generation;
    });
  }

  #expect(generation: number): void {
    const present = this.generation();
    if (present === generation) return;
    throw new AppError(
      'conflict',
      `the resources were changed meanwhile (generation ${present} instead of ${generation}): look again, then repeat`,
    );
  }

  #apply(change: Change, generation: number, now: string): void {
    if (change.op === 'put') this.#putOne(change, generation, now);
    else this.#deleteOne(change.kind, change.name);
  }

  #putOne(change: Extract<Change, { op: 'put' }>, generation: number, now: string): void {
    checkStorable(change);
    const { kind, metadata } = change.resource;
    const { resource, uid } = stamped(change.resource, this.get(kind, metadata.name), generation, now);
    this.#put.run(kind, metadata.name, uid, JSON.stringify(resource));
    if (change.sealed !== undefined) this.#secrets.put(change.sealed);
  }

  /** What is gone already is as wanted. */
  #deleteOne(kind: Kind, name: string): void {
    this.#delete.run(kind, name);
    if (kind === 'Secret') this.#secrets.delete(name);
  }
}

/** The table `state` has one row, always. */
function only(row: { generation: number } | null): number {
  if (row === null) throw new AppError('internal', 'the database has lost its generation: put it back from a backup');
  return row.generation;
}
