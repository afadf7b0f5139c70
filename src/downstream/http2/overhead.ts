/** Of bytes that carry no payload, so many may come with each byte that does: empty and tiny frames have their uses. */
const PER_PAYLOAD_BYTE = 4;
const AT_FIRST = 128 * 1024;
const PER_MILLISECOND = 1;

/**
 * Weighs what a client sent against what was made of it, in bytes. A flood of PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
 * unknown, empty or tiny DATA frames (CVE-2019-9511 to 9518) costs it nothing and us an answer each, whatever the
 * kind of frame is.
 */
export class Overhead {
  readonly #since: number;
  #payload = 0;

  constructor(now: number) {
    this.#since = now;
  }

  /** Bytes that were worth their frames: fields of requests, bodies in both directions. */
  add(bytes: number): void {
    this.#payload += bytes;
  }

  isTooMuch(received: number, now: number): boolean {
    return received > AT_FIRST + (now - this.#since) * PER_MILLISECOND + this.#payload * PER_PAYLOAD_BYTE;
  }
}
