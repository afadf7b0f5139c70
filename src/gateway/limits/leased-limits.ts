import type { Awaitable } from '../../base/awaitable.ts';
import type { Clock } from '../../base/clock.ts';
import { allowed, type Lease, newLease, nothing, refused, type Waiting } from './lease.ts';
import type { LimitRule, Limits, Standing } from './limits.ts';
import type { Grant, Owner, Report } from './messages.ts';

/** Beyond them, what is not in use is given back. */
const MOST_KEYS = 100_000;
/** What nobody asked for that long is given back. */
const IDLE_MS = 1_000;

/** Of a worker: most requests use what was handed to it ahead, the others wait for whoever counts. */
export class LeasedLimits implements Limits {
  readonly #owner: Owner;
  readonly #clock: Clock;
  readonly #mostKeys: number;
  readonly #tables = new Map<string, Map<string, Lease>>();
  readonly #timer: NodeJS.Timeout;

  constructor(owner: Owner, clock: Clock, mostKeys: number = MOST_KEYS) {
    this.#owner = owner;
    this.#clock = clock;
    this.#mostKeys = mostKeys;
    this.#timer = setInterval(() => this.#giveBack(IDLE_MS), IDLE_MS).unref();
  }

  take(rule: LimitRule, key: string): Awaitable<Standing> {
    const now = this.#clock.monotonic();
    const lease = this.#leaseOf(rule, key);
    lease.touchedAt = now;
    const known = this.#decide(lease, now);
    if (known !== null) return known;
    const standing = new Promise<Standing>((resolve, reject) => lease.waiting.push({ resolve, reject }));
    if (!lease.isAsking) void this.#ask(lease);
    return standing;
  }

  /** What is left here is wanted elsewhere. */
  async recall({ id, key }: { readonly id: string; readonly key: string }): Promise<Report> {
    // What was handed out just before comes in the same turn, and is taken up after it.
    await new Promise((resolve) => setImmediate(resolve));
    const lease = this.#tables.get(id)?.get(key);
    return lease === undefined ? nothing(id, key) : this.#report(lease, true);
  }

  /** Nothing is asked for from now on. */
  close(): void {
    clearInterval(this.#timer);
    this.#giveBack(0);
  }

  /** `null`: only whoever counts can say. */
  #decide(lease: Lease, now: number): Standing | null {
    if (lease.free > 0) return this.#use(lease, now);
    return now < lease.refusedUntil ? refused(lease.refusedUntil - now) : null;
  }

  #use(lease: Lease, now: number): Standing {
    const isHeld = lease.rule.algorithm === 'concurrency';
    lease.free--;
    lease.remaining = Math.max(0, lease.remaining - 1);
    if (!isHeld) {
      lease.used++;
      lease.usedAt = now;
    }
    return allowed(lease, now, 0, isHeld ? this.#hold(lease) : null);
  }

  async #ask(lease: Lease): Promise<void> {
    lease.isAsking = true;
    while (lease.waiting.length > 0) {
      const asked = lease.waiting;
      lease.waiting = [];
      await this.#askFor(lease, asked);
      this.#serveWaiting(lease);
    }
    lease.isAsking = false;
  }

  async #askFor(lease: Lease, asked: readonly Waiting[]): Promise<void> {
    try {
      const { rule, key } = lease;
      const grant = await this.#owner.ask({ rule, key, count: asked.length, report: this.#report(lease, false) });
      this.#granted(lease, asked, grant);
    } catch (thrown) {
      for (const { reject } of asked) reject(thrown);
    }
  }

  #granted(lease: Lease, asked: readonly Waiting[], grant: Grant): void {
    const now = this.#clock.monotonic();
    const { granted, extra, resetMs, delayMs, spacingMs } = grant;
    lease.free += extra;
    lease.remaining = grant.remaining;
    lease.resetAt = now + resetMs;
    // Of requests at a time any may end at any moment: there is nothing to remember.
    if (granted < asked.length) lease.refusedUntil = now + resetMs;
    for (const [i, { resolve }] of asked.entries()) {
      if (i >= granted) resolve(refused(resetMs));
      else resolve(allowed(lease, now, delayMs + i * spacingMs, this.#held(lease, grant)));
    }
  }

  #held(lease: Lease, { isShared }: Grant): (() => void) | null {
    if (lease.rule.algorithm !== 'concurrency') return null;
    if (!isShared) return this.#hold(lease);
    const { rule, key } = lease;
    return () => this.#owner.giveBack([{ ...nothing(rule.id, key), isShared: true, unused: 1 }]);
  }

  #hold(lease: Lease): () => void {
    lease.inUse++;
    return () => {
      lease.inUse--;
      lease.free++;
    };
  }

  #serveWaiting(lease: Lease): void {
    const now = this.#clock.monotonic();
    while (lease.waiting.length > 0) {
      const standing = this.#decide(lease, now);
      if (standing === null) return;
      lease.waiting.shift()!.resolve(standing);
    }
  }

  #report(lease: Lease, isOver: boolean): Report {
    const { rule, key, used, usedAt, free } = lease;
    lease.used = 0;
    if (isOver) lease.free = 0;
    const ageMs = this.#clock.monotonic() - usedAt;
    return { id: rule.id, key, isShared: false, used, ageMs, unused: isOver ? free : 0 };
  }

  #giveBack(idleMs: number): void {
    const now = this.#clock.monotonic();
    const reports: Report[] = [];
    for (const [id, table] of this.#tables) {
      for (const [key, lease] of table) {
        if (lease.isAsking || now - lease.touchedAt < idleMs) continue;
        if (lease.free + lease.used > 0) reports.push(this.#report(lease, true));
        if (lease.inUse === 0 && (idleMs === 0 || now >= lease.refusedUntil)) table.delete(key);
      }
      if (table.size === 0) this.#tables.delete(id);
    }
    if (reports.length > 0) this.#owner.giveBack(reports);
  }

  #leaseOf(rule: LimitRule, key: string): Lease {
    const table = this.#tables.get(rule.id);
    const known = table?.get(key);
    if (known !== undefined) {
      known.rule = rule;
      return known;
    }
    if (table !== undefined && table.size >= this.#mostKeys) this.#giveBack(0);
    const lease = newLease(rule, key);
    const place = this.#tables.get(rule.id) ?? new Map<string, Lease>();
    this.#tables.set(rule.id, place.set(key, lease));
    return lease;
  }
}
