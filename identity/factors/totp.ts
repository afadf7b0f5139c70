import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SecretValue } from '../../src/base/secret-value.ts';

/** What every authenticator app understands: RFC 6238 with SHA-1, 6 digits and 30 seconds. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** RFC 4226 4 R6: the length of the hash. */
const SEED_BYTES = 20;
/** RFC 6238 5.2: a clock that is one step off is forgiven. */
const DRIFT = 1;

export function newSeed(): SecretValue {
  return new SecretValue(randomBytes(SEED_BYTES));
}

/** @param time milliseconds since 1970 */
export function stepAt(time: number): number {
  return Math.floor(time / STEP_MS);
}

/** RFC 4226 5.3, with the step as the counter. */
export function codeAt(seed: SecretValue, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', seed.revealBytes()).update(counter).digest();
  const offset = mac[mac.length - 1]! & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The step whose code this is, `null` when it is none of now.
 *
 * @param after of the code that was accepted last: no code counts twice (RFC 6238 5.2)
 */
export function matchCode(seed: SecretValue, code: string, time: number, after: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const now = stepAt(time);
  let found: number | null = null;
  for (let step = now - DRIFT; step <= now + DRIFT; step++) {
    if (isSame(codeAt(seed, step), code) && step > after) found ??= step;
  }
  return found;
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
