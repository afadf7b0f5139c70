import type { Program } from '../engine.ts';
import { REQUEST_TEXTS, type RequestView } from '../input/request.ts';
import type { PolicyInput } from '../input.ts';
import { type Call, type Expr, literalText, qualifiedName } from './syntax.ts';

/**
 * What an expression gives, where that can be told at a glance; `null`: only the evaluation can tell. `operands`: the
 * programs of those that `Shortcuts` has collected.
 */
export type Shortcut = (input: PolicyInput, operands: readonly Program[]) => boolean | null;

type Text = (request: RequestView) => string;
type Test = (text: string, literal: string) => boolean;

/** Comparisons of two strings: they cannot fail, and mean the same in both languages. */
const METHODS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['startsWith', (text, literal) => text.startsWith(literal)],
  ['endsWith', (text, literal) => text.endsWith(literal)],
  ['contains', (text, literal) => text.includes(literal)],
]);
const OPERATORS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ['_==_', (text, literal) => text === literal],
  ['_!=_', (text, literal) => text !== literal],
]);

/**
 * Finds the shortcut of an expression that was checked. Most conditions compare a part of the request that is always
 * there with a literal, or ask for something of the principal, which is known. Operands are looked at from the left:
 * what stands behind one that decides counts for nothing, but what stands before it may fail in a way that no operator
 * absorbs.
 */
export class Shortcuts {
  /** Operands that read nothing but the principal: whoever uses the shortcut keeps their answers. */
  readonly operands: Expr[] = [];
  readonly #ofPrincipal: ReadonlySet<Expr>;

  constructor(ofPrincipal: ReadonlySet<Expr>) {
    this.#ofPrincipal = ofPrincipal;
  }

  /** `null`: it has none. */
  of(expr: Expr | undefined): Shortcut | null {
    if (expr === undefined) return null;
    if (this.#ofPrincipal.has(expr)) return this.#known(expr);
    if (expr.exprKind.case !== 'callExpr') return null;
    const call = expr.exprKind.value;
    switch (call.function) {
      case '_&&_':
        return this.#decidedBy(false, call.args);
      case '_||_':
        return this.#decidedBy(true, call.args);
      case '!_':
        return negated(this.of(call.args[0]));
      case '@in':
        return membership(call);
      default:
        return call.target === undefined ? comparison(call) : method(call, call.target);
    }
  }

  #decidedBy(decisive: boolean, args: readonly Expr[]): Shortcut | null {
    const parts = args.map((arg) => this.of(arg));
    if (parts[0] === null) return null;
    return (input, operands) => {
      for (let i = 0; i < parts.length; i++) {
        const answer = parts[i]?.(input, operands) ?? null;
        if (answer !== !decisive) return answer;
      }
      return !decisive;
    };
  }

  #known(expr: Expr): Shortcut {
    const at = this.operands.push(expr) - 1;
    return (input, operands) => {
      const answer = (operands[at] as Program).evaluate(input);
      return answer.kind === 'value' && typeof answer.value === 'boolean' ? answer.value : null;
    };
  }
}

function negated(part: Shortcut | null): Shortcut | null {
  if (part === null) return null;
  return (input, operands) => {
    const answer = part(input, operands);
    return answer === null ? null : !answer;
  };
}

function method({ function: name, args }: Call, target: Expr): Shortcut | null {
  return tested(METHODS.get(name), textOf(target), args.length === 1 ? literalText(args[0]) : null);
}

/** In either order. */
function comparison({ function: name, args: [left, right] }: Call): Shortcut | null {
  const test = OPERATORS.get(name);
  return tested(test, textOf(left), literalText(right)) ?? tested(test, textOf(right), literalText(left));
}

function tested(test: Test | undefined, text: Text | null, literal: string | null): Shortcut | null {
  if (test === undefined || text === null || literal === null) return null;
  return ({ request }) => test(text(request), literal);
}

function membership({ args: [item, list] }: Call): Shortcut | null {
  const text = textOf(item);
  if (text === null || list?.exprKind.case !== 'listExpr') return null;
  const literals = list.exprKind.value.elements.map(literalText);
  if (literals.includes(null)) return null;
  const known = new Set<string | null>(literals);
  return ({ request }) => known.has(text(request));
}

function textOf(expr: Expr | undefined): Text | null {
  const name = qualifiedName(expr);
  return name === null ? null : (REQUEST_TEXTS.get(name) ?? null);
}
