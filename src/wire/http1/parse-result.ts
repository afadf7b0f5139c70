/** Why no head could be read; a parser gives one of these, or the index behind the head (RFC 9112). */
export const INCOMPLETE = -1;
export const MALFORMED = -2;
export const TARGET_TOO_LONG = -3;
export const HEAD_TOO_LARGE = -4;
export const TOO_MANY_FIELDS = -5;

/** What a head may measure. */
export interface HeadLimits {
  /** Start line and fields together. */
  readonly headBytes: number;
  readonly headerFields: number;
}
