import { isIPv6 } from 'node:net';

export interface AdmissionLimits {
  /** Open connections in all. */
  readonly connections: number;
  /** Open connections of one client address, an IPv6 network of 64 bits counting as one; `Infinity`: any number. */
  readonly connectionsPerAddress: number;
}

/** Counts the open connections of all listeners of a process, and says when there are too many (R66). */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #counts = new Map<string, number>();
  #open = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get open(): number {
    return this.#open;
  }

  /** `false`: there is no room, and nothing was counted. */
  enter(): boolean {
    if (this.#open >= this.#limits.connections) return false;
    this.#open++;
    return true;
  }

  leave(): void {
    this.#open--;
  }

  /** Beside `enter`, as soon as the client's address is known. `false` as there. */
  enterFrom(address: string): boolean {
    if (!this.#countsAddresses) return true;
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count >= this.#limits.connectionsPerAddress) return false;
    this.#counts.set(key, count + 1);
    return true;
  }

  leaveFrom(address: string): void {
    if (!this.#countsAddresses) return;
    const key = networkOf(address);
    const count = this.#counts.get(key) ?? 0;
    if (count > 1) this.#counts.set(key, count - 1);
    else this.#counts.delete(key);
  }

  get #countsAddresses(): boolean {
    return this.#limits.connectionsPerAddress !== Number.POSITIVE_INFINITY;
  }
}

/** Whoever has one IPv6 address has the rest of its network too. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
