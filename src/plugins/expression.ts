import type { CompiledText } from '../../policies/text.ts';
import type { KeyPath } from '../model/source.ts';
import type { PluginDeps } from './deps.ts';

/** A value that is worked out for each request, in the languages that there are for it. */
export interface Expression {
  /** CEL. */
  readonly eval?: string;
  /** Liquid. */
  readonly liquid?: string;
}

/** `null`: there is none. `path` leads to what has it. */
export function compileExpression(
  { eval: cel, liquid }: Expression,
  path: KeyPath,
  { compileText, compileTemplate }: Pick<PluginDeps, 'compileText' | 'compileTemplate'>,
): CompiledText | null {
  if (cel !== undefined) return compileText(cel, [...path, 'eval']);
  return liquid === undefined ? null : compileTemplate(liquid, [...path, 'liquid']);
}

/** As it was written, for what goes wrong. */
export function sourceOf({ eval: cel, liquid }: Expression): string {
  return cel ?? liquid ?? '';
}
