import { setTimeout as wait } from 'node:timers/promises';
import { codeAt, stepAt } from '../../identity/factors/totp.ts';
import { SecretValue } from '../../src/base/secret-value.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;
/** A code that is taken so shortly before its step ends may arrive after it. */
const TOO_LATE_MS = 5_000;

/** An authenticator app with one key. */
export class AuthenticatorApp {
  readonly #seed: SecretValue;

  /** @param key as on the page; spaces do not count */
  constructor(key: string) {
    const bits = [...key.replaceAll(' ', '')].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
    this.#seed = new SecretValue(Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2))));
  }

  /** @param offset in steps: codes of one step before and after now are taken too */
  async code(offset = 0): Promise<string> {
    const left = STEP_MS - (Date.now() % STEP_MS);
    if (left < TOO_LATE_MS) await wait(left);
    return codeAt(this.#seed, stepAt(Date.now()) + offset);
  }
}

/** Of the enrolment page. */
export function keyOnPage(body: string): string {
  return /<code class="key">([A-Z2-7 ]+)<\/code>/.exec(body)![1]!;
}
