import type { CompiledText } from '../../policies/text.ts';

/** What the native plugins are handed when configuration is compiled. */
export interface PluginDeps {
  /** Compiles the expression of a header value. @throws AppError when it is no expression. */
  readonly compileText: (source: string) => CompiledText;
  /** The one spelling of a path, `null` for a path that would be refused (`downstream/canonical`). */
  readonly canonicalPath: (path: string) => string | null;
}
