/** A mistake in an expression, before it has a line and a column. */
export interface Problem {
  /** UTF-16 offset. */
  readonly at: number;
  readonly message: string;
  /** How to put it right, when that is known: `did you mean "user"?` */
  readonly suggestion: string | null;
}
