import type { PolicyInput } from '../../policies/input.ts';

/** What the native plugins are handed when configuration is compiled. */
export interface PluginDeps {
  /** Compiles the expression of a header value. @throws AppError `invalid` when it is no expression. */
  readonly compileText: (source: string) => TextProgram;
  /** The one spelling of a path, `null` for a path that would be refused (`downstream/canonical`). */
  readonly canonicalPath: (path: string) => string | null;
}

export interface TextProgram {
  /** Never throws. */
  evaluate(input: PolicyInput): TextResult;
}

export type TextResult =
  | { readonly kind: 'text'; readonly text: string }
  /** The expression reads something that is not there, or gives null. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'error'; readonly message: string };
