import { randomBytes } from 'node:crypto';
import { hashHandle } from '../../src/base/ids.ts';
import type { User } from '../../src/model/index.ts';
import type { IdentityStore } from '../ports.ts';
import { isOwner } from './factor.ts';
import { NEVER } from './factors.ts';

const SPACE = 'recovery-code';
const CODES = 10;
/** Digits and letters but I, L, O and U, which are read as others (Crockford). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: a plain hash is enough, and guessing is hopeless. */
const LENGTH = 16;

/** Codes on paper, each good for one time: for who has lost everything else. */
export class RecoveryCodes {
  readonly #records: IdentityStore['records'];

  constructor(records: IdentityStore['records']) {
    this.#records = records;
  }

  /** New ones instead of all former ones. They are given once; the store keeps hashes. */
  async renew(user: User): Promise<string[]> {
    await this.forget(user.metadata.name);
    const codes = Array.from({ length: CODES }, newCode);
    for (const code of codes) await this.#records.add(recordOf(user, code));
    return codes;
  }

  async left(user: User): Promise<number> {
    const records = await this.#records.ofOwner(SPACE, user.metadata.name);
    return records.filter(({ json }) => isOwner(JSON.parse(json), user)).length;
  }

  /** Uses it up; case, spaces and hyphens do not count. */
  async use(user: User, code: string): Promise<boolean> {
    const plain = normal(code);
    if (plain.length !== LENGTH) return false;
    const record = await this.#records.take(SPACE, keyOf(user, plain));
    return record !== null && isOwner(JSON.parse(record.json), user);
  }

  async forget(userName: string): Promise<void> {
    await this.#records.deleteOfOwner(SPACE, userName);
  }
}

/** Whether it may be one at all: codes of apps are shorter. */
export function looksLikeRecoveryCode(code: string): boolean {
  return normal(code).length === LENGTH;
}

function recordOf(user: User, code: string) {
  const { name, uid } = user.metadata;
  const json = JSON.stringify({ name, ...(uid !== undefined && { uid }) });
  return { space: SPACE, key: keyOf(user, normal(code)), owner: name, expiresAt: NEVER, json };
}

function keyOf({ metadata }: User, plain: string): string {
  return hashHandle(`${metadata.name} ${plain}`);
}

/** As in `7Q2M-XK4T-9PB3-VW8E`. */
function newCode(): string {
  const letters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte & 31]).join('');
  return letters.match(/.{4}/g)!.join('-');
}

function normal(code: string): string {
  return code
    .slice(0, 64)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
}
