import type { Clock } from '../../src/base/clock.ts';
import type { HeaderList } from '../../src/base/header-list.ts';
import { hashHandle } from '../../src/base/ids.ts';
import type { RecordStore, SignInTarget } from '../ports.ts';
import { isHandle, type Scheme } from '../sessions/cookies.ts';
import {
  expireSignInCookie,
  readSignInCookies,
  setSignInCookie,
  signInCookieName,
} from '../sessions/sign-in-cookies.ts';
import { CookieSealer } from './cookie-sealer.ts';

/** How long a provider may take to send somebody back, in milliseconds. */
export const PENDING_LIFETIME = 10 * 60_000;
/** Tabs of one browser that wait for the provider, and the bytes of their cookies: a head has its limit. */
const MOST_PENDING = 20;
const MOST_BYTES = 8 * 1024;
/** Of the records of finished sign-ins: none is finished twice, in whatever process. */
const SPACE = 'sign-in';
/** Anybody can finish as many as they like: the oldest go, whose codes no provider takes a second time. */
const MOST_FINISHED = 20_000;

/** A sign-in that was sent to a provider and has not come back. */
export interface PendingSignIn {
  /** `hashHandle` of the `state` parameter. */
  readonly stateHash: string;
  readonly provider: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly target: SignInTarget;
  readonly expiresAt: number;
}

export interface PendingSignInDeps {
  readonly clock: Clock;
  /** What the cookies are sealed with: the same in all processes that serve the same hosts. */
  readonly key: Uint8Array;
  readonly finished: RecordStore;
}

export interface Browser {
  readonly headers: HeaderList;
  readonly scheme: Scheme;
}

export type TakenSignIn =
  | { readonly kind: 'taken'; readonly pending: PendingSignIn & { readonly state: string }; readonly forget: string }
  | { readonly kind: 'other-browser' | 'sign-in-unknown' };

const UNKNOWN: TakenSignIn = { kind: 'sign-in-unknown' };

/**
 * Sign-ins under way. Anybody may begin one, so none of them costs the gateway anything: each travels sealed in a
 * cookie of the browser that began it, which also is the proof that the same browser comes back (RFC 9700 4.7.1).
 */
export class PendingSignIns {
  readonly #clock: Clock;
  readonly #sealer: CookieSealer;
  readonly #finished: RecordStore;

  constructor({ clock, key, finished }: PendingSignInDeps) {
    this.#clock = clock;
    this.#sealer = new CookieSealer(key);
    this.#finished = finished;
  }

  /** Cookies that keep this sign-in in the browser and take away what is over or too much. */
  put(pending: PendingSignIn, { headers, scheme }: Browser): string[] {
    const name = signInCookieName(scheme, pending.stateHash);
    const value = this.#sealer.seal(name, pending);
    const superfluous = this.#superfluous({ headers, scheme }, name.length + value.length);
    const expired = superfluous.map((cookie) => expireSignInCookie(scheme, cookie));
    return [...expired, setSignInCookie(scheme, name, value, PENDING_LIFETIME)];
  }

  /** Whether this browser has begun a sign-in that may still come back. */
  isUnderWay({ headers, scheme }: Browser): boolean {
    return readSignInCookies(headers, scheme).some(({ name, value }) => this.#open(name, value) !== null);
  }

  /** The sign-in of this state, once, when this browser began it. */
  async take(state: string | null, { headers, scheme }: Browser): Promise<TakenSignIn> {
    if (state === null || !isHandle(state)) return UNKNOWN;
    const stateHash = hashHandle(state);
    const name = signInCookieName(scheme, stateHash);
    const shown = readSignInCookies(headers, scheme).filter((cookie) => cookie.name === name);
    if (shown.length === 0) {
      return (await this.#finished.get(SPACE, stateHash)) === null ? { kind: 'other-browser' } : UNKNOWN;
    }
    const pending = shown.map(({ value }) => this.#open(name, value)).find((found) => found?.stateHash === stateHash);
    if (pending === undefined || pending === null || !(await this.#finish(pending))) return UNKNOWN;
    return { kind: 'taken', pending: { ...pending, state }, forget: expireSignInCookie(scheme, name) };
  }

  /** `false`: it was finished before. */
  async #finish({ stateHash, expiresAt }: PendingSignIn): Promise<boolean> {
    return this.#finished.add({ space: SPACE, key: stateHash, owner: '', expiresAt, json: 'true' }, MOST_FINISHED);
  }

  /** Names of cookies that are over, or too many or too large beside a new one of this size. */
  #superfluous({ headers, scheme }: Browser, bytes: number): string[] {
    const shown = readSignInCookies(headers, scheme).map(({ name, value }) => ({
      name,
      bytes: name.length + value.length,
      expiresAt: this.#open(name, value)?.expiresAt ?? 0,
    }));
    // Browsers send the oldest cookie first.
    const newestFirst = shown.reverse().sort((a, b) => b.expiresAt - a.expiresAt);
    let sum = bytes;
    const isTooMuch = (one: (typeof shown)[number], index: number): boolean => {
      sum += one.bytes;
      return one.expiresAt === 0 || index >= MOST_PENDING - 1 || sum > MOST_BYTES;
    };
    return newestFirst.filter(isTooMuch).map(({ name }) => name);
  }

  /** `null` for what was not sealed here, was changed, or is over. */
  #open(name: string, value: string): PendingSignIn | null {
    const pending = this.#sealer.open<PendingSignIn>(name, value);
    return pending !== null && this.#clock.now() < pending.expiresAt ? pending : null;
  }
}
