import type { Clock } from '../../../src/base/clock.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import { Lru } from '../../../src/base/lru.ts';
import type { RecordStore, StoredRecord } from '../../ports.ts';
import { isToken, newToken } from '../../tokens/token-format.ts';
import { newUserCode } from './user-code.ts';

const SPACE = 'device-grant';
/** Milliseconds. */
const LIFETIME = 600_000;
/** What has expired is known a while longer, to say so. */
const REMEMBERED = 600_000;
/** Seconds between two questions of a device. */
export const INTERVAL = 5;
/** Strangers can ask for these: the oldest go. */
const MOST = 10_000;

/** What a device asked for. */
export interface DeviceRequest {
  readonly clientId: string;
  readonly scopes: readonly string[] | null;
  /** The address that it asked from. */
  readonly clientAddress: string;
}

export interface DeviceApproval {
  /** Of the session that it was approved in. What it is when the device comes is what the device gets. */
  readonly sessionUid: string;
  /** When its person had been recognised last (`setAt`), RFC 3339: what is shown later is not for the device. */
  readonly authenticatedAt: string;
}

interface StoredGrant extends DeviceRequest {
  readonly expiresAt: number;
  /** `null`: nobody has decided yet. */
  readonly decision: 'denied' | DeviceApproval | null;
}

export interface NewDeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  /** Seconds. */
  readonly expiresIn: number;
}

export type DevicePoll =
  | { readonly kind: 'approved'; readonly request: DeviceRequest; readonly approval: DeviceApproval }
  | { readonly kind: 'unknown' | 'expired' | 'pending' | 'too-soon' | 'denied' };

/** Devices that wait for somebody to confirm their code (RFC 8628), whichever process they ask. */
export class DeviceGrants {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  /** When this process was asked last, by hash of the device code. */
  readonly #asked = new Lru<string, number>(10_000);

  constructor({ records, clock }: { readonly records: RecordStore; readonly clock: Clock }) {
    this.#records = records;
    this.#clock = clock;
  }

  async begin(request: DeviceRequest): Promise<NewDeviceGrant> {
    const deviceCode = newToken('dc');
    const now = this.#clock.now();
    const grant: StoredGrant = { ...request, expiresAt: now + LIFETIME, decision: null };
    const record = {
      owner: hashHandle(deviceCode),
      expiresAt: now + LIFETIME + REMEMBERED,
      json: JSON.stringify(grant),
    };
    for (;;) {
      const userCode = newUserCode();
      if (await this.#records.add({ space: SPACE, key: hashHandle(userCode), ...record }, MOST))
        return { deviceCode, userCode, expiresIn: LIFETIME / 1000 };
    }
  }

  /** What is waiting for this code; `null`: nothing that could still be decided. */
  async waiting(userCode: string): Promise<DeviceRequest | null> {
    return (await this.#undecided(userCode))?.grant ?? null;
  }

  /** `false`: it was decided or has expired meanwhile. */
  async decide(userCode: string, decision: 'denied' | DeviceApproval): Promise<boolean> {
    const undecided = await this.#undecided(userCode);
    if (undecided === null) return false;
    const { record, grant } = undecided;
    return this.#records.replace({ ...record, json: JSON.stringify({ ...grant, decision }) }, record.json);
  }

  async #undecided(userCode: string): Promise<{ record: StoredRecord; grant: StoredGrant } | null> {
    const record = await this.#records.get(SPACE, hashHandle(userCode));
    if (record === null) return null;
    const grant = JSON.parse(record.json) as StoredGrant;
    return grant.decision === null && this.#clock.now() < grant.expiresAt ? { record, grant } : null;
  }

  /** One question of the device. What is approved is given once. */
  async poll(deviceCode: string): Promise<DevicePoll> {
    if (!isToken('dc', deviceCode)) return { kind: 'unknown' };
    const owner = hashHandle(deviceCode);
    const [record] = await this.#records.ofOwner(SPACE, owner);
    if (record === undefined) return { kind: 'unknown' };
    const grant = JSON.parse(record.json) as StoredGrant;
    if (!(this.#clock.now() < grant.expiresAt)) return { kind: 'expired' };
    if (this.#isTooSoon(owner)) return { kind: 'too-soon' };
    if (grant.decision === null) return { kind: 'pending' };
    const taken = await this.#records.take(SPACE, record.key);
    if (taken === null) return { kind: 'unknown' };
    if (grant.decision === 'denied') return { kind: 'denied' };
    return { kind: 'approved', request: grant, approval: grant.decision };
  }

  #isTooSoon(owner: string): boolean {
    const now = this.#clock.monotonic();
    const before = this.#asked.get(owner);
    this.#asked.set(owner, now);
    // Networks are late now and then: nobody is blamed for half a second.
    return before !== undefined && now - before < INTERVAL * 1000 - 500;
  }
}
