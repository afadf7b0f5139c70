export const NANOS = 1_000_000_000;
/** 0001-01-01T00:00:00Z */
export const FIRST_SECOND = -62_135_596_800;
/** 9999-12-31T23:59:59Z */
export const LAST_SECOND = 253_402_300_799;

/** A moment from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z. */
export class Timestamp {
  /** Since 1970; whole, and the floor for moments before. */
  readonly seconds: number;
  /** 0 to 999 999 999 */
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }

  static ofMilliseconds(ms: number): Timestamp {
    const seconds = Math.floor(ms / 1000);
    return new Timestamp(seconds, Math.round((ms - seconds * 1000) * 1e6));
  }
}

/** A span of time, with the range of 64-bit nanoseconds. */
export class Duration {
  /** Whole, of one sign with `nanos`. */
  readonly seconds: number;
  readonly nanos: number;

  constructor(seconds: number, nanos: number) {
    this.seconds = seconds;
    this.nanos = nanos;
  }
}
