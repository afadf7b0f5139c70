import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Awaitable } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import { UpstreamFailure } from './failures.ts';
import type { DialAddress } from './resolve.ts';

/** Asks the system for every address of a name. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/** What the resolver of the system says is taken for true this long; it tells no lifetimes. */
const TTL = 30_000;
/** An older answer is not used while a new one is on its way. */
const MOST_STALE = 10 * TTL;

/**
 * The addresses of one endpoint. A name is resolved once for a connection, and the address that was found is what is
 * dialled (R23). The address that worked is kept until connecting to it fails; then the next one has its turn.
 */
export class AddressBook {
  readonly #host: string;
  readonly #port: number;
  readonly #clock: Clock;
  readonly #lookUp: LookUp;
  /** It is an address already. */
  readonly #isFixed: boolean;
  #known: readonly DialAddress[];
  #current: DialAddress | null;
  #resolvedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<DialAddress> | null = null;
  /** The addresses changed, and the one that was dialled is not among them any more. */
  moved: (() => void) | null = null;

  constructor(place: DialAddress, clock: Clock, lookUp: LookUp = lookUpAll) {
    this.#host = place.host;
    this.#port = place.port;
    this.#clock = clock;
    this.#lookUp = lookUp;
    this.#isFixed = isIP(place.host) !== 0;
    this.#known = this.#isFixed ? [place] : [];
    this.#current = this.#isFixed ? place : null;
  }

  /** The address for the next connection. Rejects with an `UpstreamFailure` when the name has none. */
  address(): Awaitable<DialAddress> {
    const age = this.#clock.monotonic() - this.#resolvedAt;
    if (this.#isFixed || (this.#current !== null && age < TTL)) return this.#current!;
    const asked = this.#ask();
    if (this.#current === null || age >= MOST_STALE) return asked;
    return this.#current;
  }

  /** What connections that live on would miss: the name is asked for again when its time has come. */
  refresh(now: number): void {
    if (this.#isFixed || this.#current === null || now - this.#resolvedAt < TTL) return;
    void this.#ask();
  }

  /** The address that is dialled at the moment, to be told to `failed`. */
  get current(): DialAddress | null {
    return this.#current;
  }

  /** How many addresses there are to choose from. */
  get size(): number {
    return this.#known.length;
  }

  /**
   * Connecting to `address` failed, `null` being the first one that the name had. Several connections may say so of
   * one address; it counts once.
   */
  failed(address: DialAddress | null): void {
    const at = this.#known.indexOf(address ?? this.#known[0]!);
    if (this.#known.length < 2 || this.#known[at] !== this.#current) return;
    this.#current = this.#known[(at + 1) % this.#known.length]!;
  }

  /** One question at a time. Never rejects while there is an answer from before. */
  #ask(): Promise<DialAddress> {
    this.#asking ??= this.#resolve().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #resolve(): Promise<DialAddress> {
    try {
      this.#learn(await this.#lookUp(this.#host));
    } catch (thrown) {
      if (this.#current === null) throw unresolved(this.#host, thrown);
      // The last good answer stays, and the resolver gets a rest.
      this.#resolvedAt = this.#clock.monotonic();
    }
    return this.#current!;
  }

  #learn(hosts: readonly string[]): void {
    if (hosts.length === 0) throw new Error('no address');
    const before = this.#current;
    this.#known = hosts.map((host) => this.#known.find((one) => one.host === host) ?? { host, port: this.#port });
    this.#resolvedAt = this.#clock.monotonic();
    if (before !== null && this.#known.includes(before)) return;
    this.#current = this.#known[0]!;
    if (before !== null) this.moved?.();
  }
}

function unresolved(host: string, thrown: unknown): UpstreamFailure {
  const because = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'no address';
  return new UpstreamFailure('upstream-unreachable', `the name ${host} cannot be resolved: ${because}`);
}

const lookUpAll: LookUp = (host) =>
  new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });
