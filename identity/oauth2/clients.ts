import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../src/base/clock.ts';
import { AppError } from '../../src/base/errors.ts';
import { hashHandle } from '../../src/base/ids.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { Directory } from '../directory/directory.ts';
import type { RecordStore, StoredRecord } from '../ports.ts';
import { isSame } from '../sessions/backed-session.ts';
import { newToken } from '../tokens/token-format.ts';
import { type CredentialHolder, credentialStanding, expiryOf, type HolderRef, refOf } from './credential-standing.ts';

const SPACE = 'oauth2-client';
/** The current one and the one before, which may overlap. */
const MOST_SECRETS = 2;

interface StoredSecret {
  /** `hashHandle` of the secret. It has full entropy, so no salt or slow hash is needed. */
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface StoredClient extends HolderRef {
  /** The newest first. */
  readonly secrets: readonly StoredSecret[];
  readonly rotations: number;
}

export interface NewClientSecret {
  readonly clientId: string;
  /** Shown once; only its hash is stored. */
  readonly clientSecret: SecretValue;
}

export interface ClientSummary {
  readonly clientId: string;
  readonly rotations: number;
}

/** Looked at in place of a client that does not exist, so that it costs the same. */
const NOBODY: StoredClient = { credential: { name: '' }, user: { name: '' }, secrets: [], rotations: 0 };
const NO_HASH = hashHandle('');

/** The client ids and secrets of Credentials of type OAUTH2. */
export class OAuth2Clients {
  readonly #records: RecordStore;
  readonly #clock: Clock;

  constructor({ records, clock }: { readonly records: RecordStore; readonly clock: Clock }) {
    this.#records = records;
    this.#clock = clock;
  }

  /**
   * Another secret for the Credential's client, which is made when there is none.
   * @param overlapMs so long the secret before is good yet
   */
  async rotate(holder: CredentialHolder, overlapMs = 0): Promise<NewClientSecret> {
    const secret = newToken('cs');
    const stored = { hash: hashHandle(secret), expiresAt: expiryOf(holder.credential) };
    const known = await this.#recordOf(holder.credential.metadata.name);
    const clientId = known === null ? await this.#create(holder, stored) : known.key;
    if (known !== null) await this.#replace(known, holder, stored, overlapMs);
    return { clientId, clientSecret: new SecretValue(secret) };
  }

  async #create(holder: CredentialHolder, secret: StoredSecret): Promise<string> {
    const client: StoredClient = { ...refOf(holder), secrets: [secret], rotations: 0 };
    const owner = holder.credential.metadata.name;
    const expiresAt = secret.expiresAt;
    for (;;) {
      const key = newClientId();
      if (await this.#records.add({ space: SPACE, key, owner, expiresAt, json: JSON.stringify(client) })) return key;
    }
  }

  async #replace(
    known: StoredRecord,
    holder: CredentialHolder,
    secret: StoredSecret,
    overlapMs: number,
  ): Promise<void> {
    const { credential } = holder;
    const client = JSON.parse(known.json) as StoredClient;
    const secrets = [secret, ...endingSecrets(client, holder, this.#clock.now() + overlapMs)].slice(0, MOST_SECRETS);
    const next: StoredClient = { ...refOf(holder), secrets, rotations: client.rotations + 1 };
    const record = { ...known, expiresAt: secret.expiresAt, json: JSON.stringify(next) };
    if (await this.#records.replace(record, known.json)) return;
    throw new AppError('conflict', `Credential "${credential.metadata.name}" was rotated by somebody else meanwhile`);
  }

  /** `null`: the client is unknown, the secret is wrong, or the Credential or its User no longer counts. */
  async verify(clientId: string, secret: string, directory: Directory): Promise<CredentialHolder | null> {
    const record = await this.#records.get(SPACE, clientId);
    const client = record === null ? NOBODY : (JSON.parse(record.json) as StoredClient);
    const isRight = showsOneOf(client.secrets, secret, this.#clock.now());
    return isRight ? credentialStanding(client, 'OAUTH2', directory, this.#clock.now()) : null;
  }

  async summary(credential: string): Promise<ClientSummary | null> {
    const record = await this.#recordOf(credential);
    if (record === null) return null;
    return { clientId: record.key, rotations: (JSON.parse(record.json) as StoredClient).rotations };
  }

  /** The client id of a Credential; `null`: it has none. */
  async idOf(credential: string): Promise<string | null> {
    return (await this.#recordOf(credential))?.key ?? null;
  }

  async forget(credential: string): Promise<void> {
    await this.#records.deleteOfOwner(SPACE, credential);
  }

  async #recordOf(credential: string): Promise<StoredRecord | null> {
    return (await this.#records.ofOwner(SPACE, credential)).at(-1) ?? null;
  }
}

/** Those of before, which end soon; those of another holder of the name have ended. */
function endingSecrets(client: StoredClient, { credential, user }: CredentialHolder, endsAt: number): StoredSecret[] {
  const isOurs = isSame(client.credential, credential) && isSame(client.user, user);
  return isOurs ? client.secrets.map(({ hash, expiresAt }) => ({ hash, expiresAt: Math.min(expiresAt, endsAt) })) : [];
}

/** As often and as long for every client: wrong, expired and unknown secrets cannot be told apart by the time. */
function showsOneOf(secrets: readonly StoredSecret[], shown: string, now: number): boolean {
  const hash = Buffer.from(hashHandle(shown));
  let isRight = false;
  for (let i = 0; i < MOST_SECRETS; i++) {
    const stored = secrets[i];
    const isEqual = timingSafeEqual(hash, Buffer.from(stored?.hash ?? NO_HASH));
    isRight ||= isEqual && stored !== undefined && now < stored.expiresAt;
  }
  return isRight;
}

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** As in `ab12-cd34`. Not a secret. */
function newClientId(): string {
  const letters = Array.from(randomBytes(8), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
