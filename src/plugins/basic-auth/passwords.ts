import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Lru } from '../../base/lru.ts';
import type { SecretValue } from '../../base/secret-value.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { SecretView } from '../../gateway/snapshot.ts';
import { readPasswordHash } from './password-hash.ts';
import type { BasicUser } from './schema.ts';
import type { ShownPassword } from './shown.ts';
import { Turns } from './turns.ts';

/** `busy`: nobody could look at it now. */
export type Judgement = 'right' | 'wrong' | 'unusable' | 'busy';

/** Milliseconds for which a password that was right is believed without hashing it again. */
const KEPT_MS = 60_000;
const MOST_KEPT = 2_000;
/** All Services share them: they are about the cores of this machine. */
const TURNS = new Turns(2, 32);

interface Right {
  readonly secretVersion: number;
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Compares passwords with Secrets. What was right is remembered under a digest with a key of this process. */
export class Passwords {
  readonly #clock: Clock;
  readonly #pepper = randomBytes(32);
  readonly #right = new Lru<string, Right>(MOST_KEPT);
  readonly #flights = new SingleFlight<string, Judgement>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it was right a moment ago. */
  isKnown(user: BasicUser, shown: ShownPassword, secrets: SecretView): boolean {
    const right = this.#right.get(this.#keyOf(user, shown));
    const version = secrets.version(secretOf(user));
    return right !== undefined && right.secretVersion === version && this.#clock.monotonic() < right.until;
  }

  /** Those who show the same at the same time are judged together. */
  judge(user: BasicUser, shown: ShownPassword, secrets: SecretView): Promise<Judgement> {
    const key = this.#keyOf(user, shown);
    const secretVersion = secrets.version(secretOf(user));
    return this.#flights.run(`${secretVersion} ${key}`, async () => {
      const secret = secrets.open(secretOf(user));
      const judgement = secret === null ? 'unusable' : await this.#compare(user, shown.password, secret);
      if (judgement === 'right') {
        this.#right.set(key, { secretVersion, until: this.#clock.monotonic() + KEPT_MS });
      }
      return judgement;
    });
  }

  async #compare(user: BasicUser, password: string, secret: SecretValue): Promise<Judgement> {
    if (user.passwordHash === undefined) return this.#comparePlain(password, secret);
    const hash = readPasswordHash(secret.reveal());
    if (hash === null) return 'unusable';
    const matches = await TURNS.take(() => hash.matches(password));
    if (matches === null) return 'busy';
    return matches ? 'right' : 'wrong';
  }

  #comparePlain(password: string, secret: SecretValue): Judgement {
    if (secret.byteLength === 0) return 'unusable';
    return timingSafeEqual(this.#digest(password), this.#digest(secret.reveal())) ? 'right' : 'wrong';
  }

  #keyOf(user: BasicUser, { username, password }: ShownPassword): string {
    return this.#digest(JSON.stringify([user.user, secretOf(user), username, password])).toString('base64url');
  }

  #digest(text: string): Buffer {
    return createHmac('sha256', this.#pepper).update(text).digest();
  }
}

export function secretOf({ passwordHash, password }: BasicUser): string {
  return (passwordHash ?? password)!.fromSecret;
}
