import { inspect } from 'node:util';

const REDACTED = '[secret]';

/**
 * An opened secret. Every way of printing it (string, JSON, `console.log`, template) gives a redaction;
 * only `reveal` gives the bytes, and only `secrets/`, `credentials/`, identity, TLS hand-shakes and plugins that compare
 * with it may call it.
 */
export class SecretValue {
  readonly #bytes: Buffer;

  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value);
  }

  /** The plaintext as UTF-8. Never log, never store, never put in an error. */
  reveal(): string {
    return this.#bytes.toString('utf8');
  }

  revealBytes(): Buffer {
    return Buffer.from(this.#bytes);
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  equals(other: SecretValue): boolean {
    return this.#bytes.equals(other.#bytes);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
