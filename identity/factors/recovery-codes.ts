import { randomBytes } from 'node:crypto';
import { hashHandle } from '../../src/base/ids.ts';
import type { NamedRef, User } from '../../src/model/index.ts';
import type { IdentityStore } from '../ports.ts';
import { isOwner } from './factor.ts';
import { NEVER } from './factors.ts';

const SPACE = 'recovery-code';
const CODES = 10;
/** Digits and letters but I, L, O and U, which are read as others (Crockford). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 80 bits: a plain hash is enough, and guessing is hopeless. */
const LENGTH = 16;

/** Of one user: all in one record, so that former ones and new ones are never good together. */
interface Codes {
  readonly user: NamedRef;
  readonly hashes: readonly string[];
}

/** Codes on paper, each good for one time: for who has lost everything else. */
export class RecoveryCodes {
  readonly #records: IdentityStore['records'];

  constructor(records: IdentityStore['records']) {
    this.#records = records;
  }

  /** New ones instead of all former ones, in one step. They are given once; the store keeps hashes. */
  async renew(user: User): Promise<string[]> {
    const codes = Array.from({ length: CODES }, newCode);
    const hashes = codes.map((code) => hashOf(user, normal(code)));
    await this.#records.put(recordOf({ user: refTo(user), hashes }));
    return codes;
  }

  async left(user: User): Promise<number> {
    return (await this.#find(user))?.codes.hashes.length ?? 0;
  }

  /** Uses it up; case, spaces and hyphens do not count. */
  async use(user: User, code: string): Promise<boolean> {
    const plain = normal(code);
    if (plain.length !== LENGTH) return false;
    const hash = hashOf(user, plain);
    for (;;) {
      const found = await this.#find(user);
      if (found === null || !found.codes.hashes.includes(hash)) return false;
      const hashes = found.codes.hashes.filter((one) => one !== hash);
      // Otherwise another code was used at this very moment: there are ten of them.
      if (await this.#records.replace(recordOf({ ...found.codes, hashes }), found.json)) return true;
    }
  }

  async forget(userName: string): Promise<void> {
    await this.#records.delete(SPACE, userName);
  }

  /** Those of this very user. */
  async #find(user: User): Promise<{ readonly codes: Codes; readonly json: string } | null> {
    const json = (await this.#records.get(SPACE, user.metadata.name))?.json;
    if (json === undefined) return null;
    const codes = JSON.parse(json) as Codes;
    return isOwner(codes.user, user) ? { codes, json } : null;
  }
}

/** Whether it may be one at all: codes of apps are shorter. */
export function looksLikeRecoveryCode(code: string): boolean {
  return normal(code).length === LENGTH;
}

function recordOf(codes: Codes) {
  const { name } = codes.user;
  return { space: SPACE, key: name, owner: name, expiresAt: NEVER, json: JSON.stringify(codes) };
}

function refTo({ metadata: { name, uid } }: User): NamedRef {
  return uid === undefined ? { name } : { name, uid };
}

function hashOf({ metadata }: User, plain: string): string {
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
