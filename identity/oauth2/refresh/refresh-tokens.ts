import type { Clock } from '../../../src/base/clock.ts';
import { hashHandle } from '../../../src/base/ids.ts';
import { SecretValue } from '../../../src/base/secret-value.ts';
import type { RecordStore, StoredRecord, TextVault } from '../../ports.ts';
import { REFRESH_ANSWERS, REFRESH_TOKENS } from '../../sessions/session-records.ts';
import { familyOf, isToken, newToken, successorOf } from '../../tokens/token-format.ts';

/** An answer that got lost is given again for so long, in milliseconds. */
export const ANSWERED_AGAIN_MS = 10_000;

/** The refresh tokens of one session, one after the other. */
interface StoredFamily {
  readonly clientID: string;
  /** Milliseconds since 1970: no token of the family is good for longer, however often it is renewed. */
  readonly endsAt: number;
  readonly issuedAt: number;
  /** `hashHandle` of the one that is good. */
  readonly current: string;
  /** The one that was good before, and what it was used for. */
  readonly former: { readonly hash: string; readonly scope: string | null } | null;
  /** `hashHandle` of the access tokens that are out, the newest first. */
  readonly accessTokens: readonly string[];
}

/** What a refresh was answered with. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** End of the access token, in milliseconds since 1970. */
  readonly accessEndsAt: number;
}

/** A refresh token that was shown, and its family as it was read. */
export interface ShownRefresh {
  readonly token: string;
  readonly record: StoredRecord;
  readonly family: StoredFamily;
  readonly sessionUid: string;
}

/** What becomes of a refresh token that is shown. */
export type RefreshUse =
  | { readonly kind: 'renew' }
  /** The answer to the same request has just been given, and may have got lost. */
  | { readonly kind: 'repeat'; readonly pair: TokenPair }
  /** It was used before: somebody has it who should not. */
  | { readonly kind: 'used' };

export interface NewFamily {
  readonly sessionUid: string;
  readonly clientID: string;
  readonly endsAt: number;
  readonly accessToken: string;
  /** End of the first one, in milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface Renewal {
  readonly pair: TokenPair;
  /** As it was asked for. */
  readonly scope: string | null;
  readonly expiresAt: number;
}

export interface RefreshTokensDeps {
  readonly records: RecordStore;
  readonly texts: TextVault;
  readonly clock: Clock;
}

/**
 * Refresh tokens, each good once (RFC 9700 4.14.2). All of a family begin alike, which finds their record; of two
 * processes that are shown the same one, one renews it. Hashes are stored, and for a few seconds a sealed answer.
 */
export class RefreshTokens {
  readonly #records: RecordStore;
  readonly #texts: TextVault;
  readonly #clock: Clock;

  constructor({ records, texts, clock }: RefreshTokensDeps) {
    this.#records = records;
    this.#texts = texts;
    this.#clock = clock;
  }

  /** The first token of a session. */
  async begin({ sessionUid, clientID, endsAt, accessToken, expiresAt }: NewFamily): Promise<string> {
    const token = newToken('rt');
    const family: StoredFamily = {
      clientID,
      endsAt,
      issuedAt: this.#clock.now(),
      current: hashHandle(token),
      former: null,
      accessTokens: [hashHandle(accessToken)],
    };
    const json = JSON.stringify(family);
    await this.#records.put({ space: REFRESH_TOKENS, key: keyOf(token), owner: sessionUid, expiresAt, json });
    return token;
  }

  /** `null`: no session that goes on had this token or one like it. */
  async look(token: string): Promise<ShownRefresh | null> {
    if (!isToken('rt', token)) return null;
    const record = await this.#records.get(REFRESH_TOKENS, keyOf(token));
    if (record === null) return null;
    return { token, record, family: JSON.parse(record.json) as StoredFamily, sessionUid: record.owner };
  }

  /** Whether it is the one that is good. */
  isCurrent({ token, family }: ShownRefresh): boolean {
    return hashHandle(token) === family.current;
  }

  /** @param scope as it is asked for: who asks for something else does not repeat anything */
  async useOf(shown: ShownRefresh, scope: string | null): Promise<RefreshUse> {
    if (this.isCurrent(shown)) return { kind: 'renew' };
    const { former, current } = shown.family;
    if (former?.hash !== hashHandle(shown.token) || former.scope !== scope) return { kind: 'used' };
    const pair = await this.#answerOf(current);
    return pair === null ? { kind: 'used' } : { kind: 'repeat', pair };
  }

  successor({ token }: ShownRefresh): string {
    return successorOf('rt', token);
  }

  /**
   * Puts the next token in the place of the one that is shown.
   * @returns hashes of the access tokens that are out no longer; `null`: somebody else was first, or it has ended
   */
  async renew(shown: ShownRefresh, { pair, scope, expiresAt }: Renewal): Promise<readonly string[] | null> {
    const { record, family, token } = shown;
    const current = hashHandle(pair.refreshToken);
    const [newest, ...older] = family.accessTokens;
    const next: StoredFamily = {
      ...family,
      issuedAt: this.#clock.now(),
      current,
      former: { hash: hashHandle(token), scope },
      accessTokens: [hashHandle(pair.accessToken), ...(newest === undefined ? [] : [newest])],
    };
    // First, so that nobody sees the token used without the answer.
    await this.#keepAnswer(record.owner, current, pair);
    if (await this.#records.replace({ ...record, expiresAt, json: JSON.stringify(next) }, record.json)) return older;
    await this.#records.delete(REFRESH_ANSWERS, current);
    return null;
  }

  async #keepAnswer(owner: string, key: string, pair: TokenPair): Promise<void> {
    const sealed = this.#texts.seal(nameOf(key), new SecretValue(JSON.stringify(pair)));
    const expiresAt = this.#clock.now() + ANSWERED_AGAIN_MS;
    await this.#records.put({ space: REFRESH_ANSWERS, key, owner, expiresAt, json: JSON.stringify(sealed) });
  }

  async #answerOf(key: string): Promise<TokenPair | null> {
    const record = await this.#records.get(REFRESH_ANSWERS, key);
    const text = record === null ? null : this.#texts.open(nameOf(key), JSON.parse(record.json) as string);
    return text === null ? null : (JSON.parse(text.reveal()) as TokenPair);
  }
}

function keyOf(token: string): string {
  return hashHandle(familyOf('rt', token));
}

function nameOf(key: string): string {
  return `${REFRESH_ANSWERS}/${key}`;
}
