import type { PolicyInput } from './input.ts';

/** Chooses the config of a request: the first rule whose condition matches, else the default config. */
export interface ConfigSelector<C> {
  select(input: PolicyInput): Selection<C>;
}

export type Selection<C> =
  | { readonly kind: 'selected'; readonly config: C }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly detail: string };
