import type { Overload } from '../library/overload.ts';

/** What a node of the tree stands for. */
export type Reference =
  /** The full name of a variable or of a type. */
  | { readonly kind: 'name'; readonly name: string }
  /** The forms that a call may take: those that go with all that is known of its arguments. */
  | { readonly kind: 'overloads'; readonly overloads: readonly Overload[] };
