import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import { PERIODS } from '../../gateway/limits/calendar.ts';
import type { Algorithm, LimitRule, Limits, Standing } from '../../gateway/limits/limits.ts';
import { PARTS } from '../../gateway/limits/sliding-window.ts';
import type { RedisConnection } from '../connection.ts';
import { HeldRequests } from './held-requests.ts';
import { METERS } from './scripts.ts';

/** Counts for all gateways with one Redis, in one round trip. */
export class RedisLimits implements Limits {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #held: HeldRequests;

  /** @param prefix of all keys */
  constructor(connection: RedisConnection, clock: Clock, prefix: string) {
    this.#connection = connection;
    this.#clock = clock;
    this.#prefix = prefix;
    this.#held = new HeldRequests(connection);
  }

  async take(rule: LimitRule, key: string): Promise<Standing> {
    const { algorithm, limit, window } = rule;
    const name = this.#nameOf(rule, key);
    const member = this.#held.newMember();
    const more = ARGUMENTS[algorithm](rule, { member, lease: HeldRequests.LEASE_MS, now: this.#clock.now() });
    const args = [limit, window, ...more].map(String);
    const standing = standingOf(await this.#connection.run(METERS[algorithm], [name], args));
    if (algorithm !== 'concurrency' || !standing.allowed) return standing;
    return { ...standing, release: this.#held.hold(name, member) };
  }

  close(): void {
    this.#held.close();
  }

  /** Keys may be addresses and names of people, and rules are long. */
  #nameOf({ id }: LimitRule, key: string): string {
    const text = JSON.stringify([id, key]);
    return `${this.#prefix}limit:${createHash('sha256').update(text).digest('base64url')}`;
  }
}

interface Moment {
  readonly member: string;
  readonly lease: number;
  /** Milliseconds since 1970, by the clock of the gateway. */
  readonly now: number;
}

type Arguments = (rule: LimitRule, moment: Moment) => readonly (string | number)[];

const ARGUMENTS: Record<Algorithm, Arguments> = {
  'sliding-window': () => [PARTS],
  'fixed-window': () => [],
  'token-bucket': ({ burst }) => [burst, 0],
  'leaky-bucket': ({ burst }) => [burst + 1, 1],
  concurrency: (_rule, { member, lease }) => [member, lease],
  day: (_rule, { now }) => periodsAround('day', now),
  month: (_rule, { now }) => periodsAround('month', now),
};

/** The clocks need not agree: the server chooses, by its own, among this period, the one before and the one after. */
function periodsAround(algorithm: 'day' | 'month', now: number): readonly number[] {
  const periods = PERIODS[algorithm];
  const first = periods.at(now) - 1;
  return [first, ...[0, 1, 2, 3].map((i) => periods.startOf(first + i))];
}

function standingOf(reply: unknown): Standing {
  if (!Array.isArray(reply) || reply.length !== 4 || !reply.every((one) => typeof one === 'number')) {
    throw new AppError('unavailable', 'Redis gave an answer that is none');
  }
  const [allowed, remaining, resetUs, delayUs] = reply as [number, number, number, number];
  return { allowed: allowed === 1, remaining, resetMs: resetUs / 1000, delayMs: delayUs / 1000, release: null };
}
