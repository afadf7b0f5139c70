/** What is known of one endpoint: health checks and outlier detection write it, balancing reads it. */
export class Condition {
  /** Health checks say so. An endpoint that was not checked yet is used. */
  isDown = false;
  /** Monotonic milliseconds until which it is left alone because of its answers. */
  ejectedUntil = Number.NEGATIVE_INFINITY;
  /** How often it was left alone one after the other. */
  ejections = 0;
  /** Failures in a row. */
  failures = 0;
  /** Since when it may be used, for the slow start. */
  upSince = Number.NEGATIVE_INFINITY;

  isEjected(now: number): boolean {
    return now < this.ejectedUntil;
  }
}
