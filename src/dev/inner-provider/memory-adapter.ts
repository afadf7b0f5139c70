import type { Adapter, AdapterPayload } from 'oidc-provider/lib/provider.js';
import { Lru } from '../../base/lru.ts';

interface Kept {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What the inner provider remembers, of all kinds together; it is gone when the process ends. */
export type ProviderMemory = Lru<string, Kept>;

export function createProviderMemory(): ProviderMemory {
  return new Lru(5000);
}

/** One kind of artifact (session, grant, code) in the shared memory. */
export class MemoryAdapter implements Adapter {
  readonly #kind: string;
  readonly #memory: ProviderMemory;

  constructor(kind: string, memory: ProviderMemory) {
    this.#kind = kind;
    this.#memory = memory;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
    this.#memory.set(this.#key(id), { payload, expiresAt });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const kept = this.#memory.get(this.#key(id));
    return kept === undefined || kept.expiresAt <= Date.now() ? undefined : kept.payload;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#search((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.#memory.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of this.#memory.entries()) if (payload.grantId === grantId) this.#memory.delete(key);
  }

  #search(wanted: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload, expiresAt }] of this.#memory.entries()) {
      if (key.startsWith(`${this.#kind}:`) && wanted(payload) && Date.now() < expiresAt) return payload;
    }
    return undefined;
  }

  #key(id: string): string {
    return `${this.#kind}:${id}`;
  }
}
