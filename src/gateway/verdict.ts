import type { Refusal } from './outcome.ts';

/** One plugin's contribution to the decision: it may refuse, or leave the decision to the policies. */
export type Verdict = { readonly kind: 'no-objection' } | Refusal;
