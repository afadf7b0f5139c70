import { connectionOptions } from '../../base/header-text.ts';
import type { FieldMeaning } from './known-names.ts';

/** No Content-Length field. */
export const NO_LENGTH = -1;
/** A Content-Length that is no number, not a safe one, or stands there more than once (R2). */
export const BAD_LENGTH = -2;

/** What the fields of one message say about the message itself. Gathered while they are read. */
export class FramingFacts {
  /** Bytes, `NO_LENGTH` or `BAD_LENGTH`. */
  contentLength = NO_LENGTH;
  /** `other`: anything but exactly one `chunked` (R3). */
  transferCoding: 'none' | 'chunked' | 'other' = 'none';
  /** Connection: close */
  closes = false;
  /** Connection: keep-alive */
  keepsAlive = false;
  /** Connection: upgrade */
  nominatesUpgrade = false;
  /** What else a Connection field names, lower case; `null`: nothing. */
  nominated: string[] | null = null;
  expectation: 'none' | '100-continue' | 'other' = 'none';
  /** The Upgrade field: `websocket` when that is all it says. */
  upgrade: 'none' | 'websocket' | 'other' = 'none';

  reset(): void {
    this.contentLength = NO_LENGTH;
    this.transferCoding = 'none';
    this.closes = false;
    this.keepsAlive = false;
    this.nominatesUpgrade = false;
    this.nominated = null;
    this.expectation = 'none';
    this.upgrade = 'none';
  }

  note(meaning: FieldMeaning, value: string): void {
    switch (meaning) {
      case 'none':
        return;
      case 'connection':
        this.#noteConnection(value);
        return;
      case 'content-length':
        this.contentLength = this.contentLength === NO_LENGTH ? parseLength(value) : BAD_LENGTH;
        return;
      case 'transfer-encoding':
        this.transferCoding = this.transferCoding === 'none' && isWord(value, 'chunked') ? 'chunked' : 'other';
        return;
      case 'expect':
        this.expectation = this.expectation === 'none' && isWord(value, '100-continue') ? '100-continue' : 'other';
        return;
      case 'upgrade':
        this.upgrade = this.upgrade === 'none' && isWord(value, 'websocket') ? 'websocket' : 'other';
        return;
    }
  }

  #noteConnection(value: string): void {
    if (value === 'keep-alive') this.keepsAlive = true;
    else if (value === 'close') this.closes = true;
    else for (const option of connectionOptions(value)) this.#noteOption(option);
  }

  #noteOption(option: string): void {
    if (option === 'close') this.closes = true;
    else if (option === 'keep-alive') this.keepsAlive = true;
    else if (option === 'upgrade') this.nominatesUpgrade = true;
    else if (this.nominated === null) this.nominated = [option];
    else this.nominated.push(option);
  }
}

function isWord(value: string, word: string): boolean {
  return value === word || value.toLowerCase() === word;
}

/** RFC 9110 8.6: digits and nothing else. */
function parseLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return BAD_LENGTH;
    length = length * 10 + digit;
  }
  return text.length > 0 && Number.isSafeInteger(length) ? length : BAD_LENGTH;
}
