import type { Clock } from '../../src/base/clock.ts';
import { newNameSuffix, newUid } from '../../src/base/ids.ts';
import type { SecretValue } from '../../src/base/secret-value.ts';
import type { User } from '../../src/model/index.ts';
import type { IdentityStore, StoredRecord, TextVault } from '../ports.ts';
import {
  type Factor,
  isOwner,
  type KeptFactor,
  type PasskeyFactor,
  type ShownFactor,
  type TotpFactor,
} from './factor.ts';
import { passkeyKey } from './passkey-key.ts';
import { matchCode } from './totp.ts';

export interface FactorsDeps {
  readonly records: IdentityStore['records'];
  readonly texts: TextVault;
  readonly clock: Clock;
}

const SPACE = 'factor';
/** Of one user. */
export const MOST_FACTORS = 20;
/** They end with their user only. */
export const NEVER = Number.MAX_SAFE_INTEGER;
/** Times that a code is compared anew because the factor was changed at that very moment. */
const MOST_RACES = 3;

/** The second factors of all users. */
export class Factors {
  readonly #deps: FactorsDeps;

  constructor(deps: FactorsDeps) {
    this.#deps = deps;
  }

  /** Those of this very user, the oldest first. */
  async of(user: User): Promise<KeptFactor[]> {
    return (await this.ofName(user.metadata.name)).filter(({ factor }) => isOwner(factor.user, user));
  }

  /** Those of whoever is, or was, called so. */
  async ofName(userName: string): Promise<KeptFactor[]> {
    return (await this.#deps.records.ofOwner(SPACE, userName)).map(read);
  }

  async active(user: User): Promise<KeptFactor[]> {
    return (await this.of(user)).filter(({ factor }) => factor.state === 'ACTIVE');
  }

  /** Of everybody, the oldest first. */
  async all(): Promise<KeptFactor[]> {
    return (await this.#deps.records.list(SPACE)).map(read);
  }

  /** The passkey with this credential id, whoever's it is. */
  async passkey(credentialId: string): Promise<KeptFactor<PasskeyFactor> | null> {
    const record = await this.#deps.records.get(SPACE, passkeyKey(credentialId));
    const kept = record === null ? null : read(record);
    return kept !== null && isPasskey(kept) ? kept : null;
  }

  /** A new factor of this user, without what makes it one. */
  begin(user: User, label: string, state: Factor['state']) {
    const { name, uid } = user.metadata;
    return {
      name: `${name}-${newNameSuffix()}`,
      uid: newUid(),
      label,
      user: { name, ...(uid !== undefined && { uid }) },
      state,
      createdAt: this.#timestamp(),
      usedAt: null,
    } as const;
  }

  sealSeed(user: User, seed: SecretValue): string {
    return this.#deps.texts.seal(vaultName(user.metadata.name), seed);
  }

  openSeed(user: User, sealed: string): SecretValue | null {
    return this.#deps.texts.open(vaultName(user.metadata.name), sealed);
  }

  /** `false`: that passkey is known already, or the user has too many factors. */
  async add(factor: Factor): Promise<boolean> {
    const record = toRecord(factor);
    const others = await this.#deps.records.ofOwner(SPACE, record.owner);
    return others.length < MOST_FACTORS && this.#deps.records.add(record);
  }

  async remove({ record }: KeptFactor): Promise<void> {
    await this.#deps.records.delete(SPACE, record.key);
  }

  /** `false`: it has changed since it was read. */
  async replace({ record }: KeptFactor, factor: Factor): Promise<boolean> {
    return this.#deps.records.replace({ ...record, json: JSON.stringify(factor) }, record.json);
  }

  /** Uses a code up. `null`: it is no code of any app of this user, or was accepted before. */
  async useCode(user: User, code: string): Promise<ShownFactor | null> {
    for (let race = 0; race < MOST_RACES; race++) {
      const found = this.#findCode(user, code, (await this.active(user)).filter(isTotp));
      if (found === null) return null;
      if (await this.replace(found.kept, found.used)) return { type: 'TOTP', name: found.used.name };
    }
    return null;
  }

  #findCode(user: User, code: string, apps: readonly KeptFactor<TotpFactor>[]) {
    for (const kept of apps) {
      const { factor } = kept;
      const seed = this.openSeed(user, factor.seed);
      const step = seed === null ? null : matchCode(seed, code, this.#deps.clock.now(), factor.lastStep);
      if (step !== null) return { kept, used: { ...factor, lastStep: step, usedAt: this.#timestamp() } };
    }
    return null;
  }

  #timestamp(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function read(record: StoredRecord): KeptFactor {
  return { factor: JSON.parse(record.json) as Factor, record };
}

function toRecord(factor: Factor): StoredRecord {
  const key = factor.type === 'FIDO' ? passkeyKey(factor.credentialId) : factor.uid;
  return { space: SPACE, key, owner: factor.user.name, expiresAt: NEVER, json: JSON.stringify(factor) };
}

function vaultName(userName: string): string {
  return `factor/${userName}`;
}

export function isTotp(kept: KeptFactor): kept is KeptFactor<TotpFactor> {
  return kept.factor.type === 'TOTP';
}

export function isPasskey(kept: KeptFactor): kept is KeptFactor<PasskeyFactor> {
  return kept.factor.type === 'FIDO';
}
