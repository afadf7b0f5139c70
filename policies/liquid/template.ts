import { type Context, LiquidError, type Template } from 'liquidjs';
import { messageOf } from '../../src/base/errors.ts';
import { nearest } from '../../src/base/suggest.ts';
import type { Engine, ExpressionProblem } from '../engine.ts';
import type { PolicyInput } from '../input.ts';
import { type CompiledText, type TextCompilation, type TextResult, textResult } from '../text.ts';
import { Effort } from './effort.ts';
import { CountedContext, FILTERS, LIQUID } from './language.ts';
import { type PlainTemplate, plainTemplate } from './plain-template.ts';
import { plainView } from './plain-view.ts';
import { globalsOf, variableProblems } from './variables.ts';

/**
 * A Liquid template that gives the text of a header field, a parameter or an address. It sees the `ctx` of expressions.
 * What is missing is empty, as Liquid has it; a template that gives nothing at all gives no text.
 * @param engine what it reads is checked with
 */
export function compileTemplate(source: string, engine: Engine): TextCompilation {
  try {
    const templates = LIQUID.parse(source);
    const problems = variableProblems(templates, engine);
    if (problems.length > 0) return { ok: false, problems };
    if (isConstant(source, templates)) return constant(templates);
    return { ok: true, text: new TemplateText(templates, plainTemplate(source)) };
  } catch (thrown) {
    return { ok: false, problems: [problemOf(thrown)] };
  }
}

/** What is `now` is not known yet. */
function isConstant(source: string, templates: Template[]): boolean {
  return globalsOf(templates).length === 0 && !/\|\s*date\b/.test(source);
}

/** @throws LiquidError */
function constant(templates: Template[]): TextCompilation {
  const text = rendered(templates, Object.create(null), new Effort(null));
  return { ok: true, text: { evaluate: () => textResult(text), constant: text } };
}

class TemplateText implements CompiledText {
  readonly #templates: Template[];
  readonly #plain: PlainTemplate | null;

  constructor(templates: Template[], plain: PlainTemplate | null) {
    this.#templates = templates;
    this.#plain = plain;
  }

  evaluate({ ctx, budget }: PolicyInput): TextResult {
    const effort = new Effort(budget);
    try {
      const text = this.#plain?.(ctx, effort) ?? this.#rendered(ctx, effort);
      return text === '' ? { kind: 'absent' } : textResult(text);
    } catch (thrown) {
      return { kind: 'error', detail: messageOf(thrown) };
    }
  }

  #rendered(ctx: PolicyInput['ctx'], effort: Effort): string {
    const scope: object = Object.assign(Object.create(null), { ctx: plainView(ctx, effort) });
    return rendered(this.#templates, scope, effort);
  }
}

/** @throws LiquidError */
function rendered(templates: Template[], scope: object, effort: Effort): string {
  // The library names its own class of limits, and asks them for no more than this one has.
  const limit = effort as unknown as Context['memoryLimit'];
  const context = new CountedContext(
    scope,
    LIQUID.options,
    { sync: true },
    { memoryLimit: limit, renderLimit: limit, liquid: LIQUID },
  );
  return String(LIQUID.renderSync(templates, context));
}

function problemOf(thrown: unknown): ExpressionProblem {
  const [line, column] = LiquidError.is(thrown) ? placeOf(thrown) : [1, 1];
  const message = messageOf(thrown).replace(/, (file:|line:\d).*$/s, '');
  const unknown = /^undefined filter: (\S+)/.exec(message)?.[1];
  const near = unknown === undefined ? null : nearest(unknown, FILTERS);
  return { line, column, message, suggestion: near === null ? null : `did you mean "${near}"?` };
}

function placeOf(error: LiquidError): [number, number] {
  const [line, column] = error.token.getPosition();
  return [line ?? 1, column ?? 1];
}
