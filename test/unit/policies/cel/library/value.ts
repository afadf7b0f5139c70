import { compile } from '../../../../../policies/cel/cel.ts';
import { environmentOf } from '../../../../../policies/cel/tool/environment.ts';
import { showValue } from '../../../../../policies/cel/tool/show-value.ts';
import type { Value } from '../../../../../policies/values/value.ts';

const TIME = Date.UTC(2026, 0, 1);

/** What an unchecked expression gives, as an expression would write it; a failure in angle brackets. */
export function given(source: string, bindings: ReadonlyMap<string, Value> = new Map()): string {
  const compiled = compile(source, environmentOf('', []), { check: false });
  return compiled.ok ? showValue(compiled.expression.run(bindings, TIME)) : compiled.problems[0]!.message;
}

/** What a checked expression is refused for; `null` when it is not. */
export function refusalOf(source: string): string | null {
  const compiled = compile(source, environmentOf('', []));
  return compiled.ok ? null : compiled.problems[0]!.message;
}
