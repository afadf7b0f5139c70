import { hashHandle } from '../../src/base/ids.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { Session } from '../../src/model/index.ts';
import type { RecordStore, StoredRecord, TextVault } from '../ports.ts';
import { PROVIDER_SIDS as SIDS, PROVIDER_TOKENS as TOKENS } from '../sessions/session-records.ts';
import type { ProviderTokens } from './provider-tokens.ts';

/** Who a session is of at a provider. */
export interface AtProvider {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  /** The provider's own session, when it says which it is. */
  readonly sid: string | null;
}

/** What is kept of a session's tokens, as it was read. */
export interface KeptTokens {
  readonly record: StoredRecord;
  readonly tokens: ProviderTokens;
  /** Milliseconds since 1970, as below. */
  readonly refreshedAt: number;
  /** Until then somebody is at it. */
  readonly leasedUntil: number;
}

interface Written {
  readonly sealed: string;
  readonly refreshedAt: number;
  readonly leasedUntil: number;
}

/** What ties sessions of ours to what a provider gave for them. */
export class ProviderSessions {
  readonly #records: RecordStore;
  readonly #texts: TextVault;

  constructor(records: RecordStore, texts: TextVault) {
    this.#records = records;
    this.#texts = texts;
  }

  async keep(session: Session, at: AtProvider, tokens: ProviderTokens, now: number): Promise<void> {
    const { uid } = session.metadata;
    const expiresAt = Date.parse(session.spec.expiresAt);
    const { provider, issuer, subject, sid } = at;
    const json = this.#write(uid, tokens, { refreshedAt: now, leasedUntil: 0 });
    await this.#records.put({ space: TOKENS, key: uid, owner: ownerOf(provider, issuer, subject), expiresAt, json });
    if (sid === null) return;
    await this.#records.put({ space: SIDS, key: uid, owner: ownerOf(provider, issuer, sid), expiresAt, json: '{}' });
  }

  /** `null` when there is nothing that can be opened. */
  async find(uid: string): Promise<KeptTokens | null> {
    const record = await this.#records.get(TOKENS, uid);
    return record === null ? null : this.#read(record);
  }

  /** `null`: somebody else has it, or it has ended. */
  async lease({ record, tokens, refreshedAt }: KeptTokens, leasedUntil: number): Promise<KeptTokens | null> {
    const { sealed } = JSON.parse(record.json) as Written;
    const written: Written = { sealed, refreshedAt, leasedUntil };
    const leased = { ...record, json: JSON.stringify(written) };
    return (await this.#records.replace(leased, record.json))
      ? { record: leased, tokens, refreshedAt, leasedUntil }
      : null;
  }

  /** Puts rotated tokens in the place of those that were leased. `false`: the session has ended meanwhile. */
  async rotate({ record }: KeptTokens, tokens: ProviderTokens, refreshedAt: number): Promise<boolean> {
    const json = this.#write(record.key, tokens, { refreshedAt, leasedUntil: 0 });
    return this.#records.replace({ ...record, json }, record.json);
  }

  /** Uids of the sessions that a provider's own session, or a person there, has here. */
  async uidsOf(
    provider: string,
    of: { issuer: string; sid: string | null; subject: string | null },
  ): Promise<string[]> {
    const bySid = of.sid === null ? null : await this.#keys(SIDS, ownerOf(provider, of.issuer, of.sid));
    const byPerson = of.subject === null ? null : await this.#keys(TOKENS, ownerOf(provider, of.issuer, of.subject));
    if (bySid === null || byPerson === null) return bySid ?? byPerson ?? [];
    return bySid.filter((uid) => byPerson.includes(uid));
  }

  async #keys(space: string, owner: string): Promise<string[]> {
    return (await this.#records.ofOwner(space, owner)).map(({ key }) => key);
  }

  #write(uid: string, tokens: ProviderTokens, times: Omit<Written, 'sealed'>): string {
    const text = JSON.stringify([tokens.idToken?.reveal() ?? null, tokens.refreshToken?.reveal() ?? null]);
    const written: Written = { sealed: this.#texts.seal(nameFor(uid), new SecretValue(text)), ...times };
    return JSON.stringify(written);
  }

  #read(record: StoredRecord): KeptTokens | null {
    const { sealed, refreshedAt, leasedUntil } = JSON.parse(record.json) as Written;
    const text = this.#texts.open(nameFor(record.key), sealed);
    if (text === null) return null;
    const [idToken, refreshToken] = JSON.parse(text.reveal()) as [string | null, string | null];
    return {
      record,
      tokens: { idToken: secret(idToken), refreshToken: secret(refreshToken) },
      refreshedAt,
      leasedUntil,
    };
  }
}

function nameFor(uid: string): string {
  return `${TOKENS}/${uid}`;
}

function secret(text: string | null): SecretValue | null {
  return text === null ? null : new SecretValue(text);
}

/** What providers call people is nobody's business in an index. */
function ownerOf(...parts: readonly string[]): string {
  return hashHandle(JSON.stringify(parts));
}
