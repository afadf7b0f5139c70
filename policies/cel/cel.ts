import type { ExpressionProblem } from '../engine.ts';
import type { Environment } from './environment.ts';
import { CompiledExpression, type Expression } from './expression.ts';
import { type Resolution, UNRESOLVED } from './run/compiler.ts';
import { estimateCost } from './run/cost.ts';
import type { Syntax } from './syntax/ast.ts';
import { parse } from './syntax/parser.ts';
import { positionOf } from './syntax/position.ts';
import type { Problem } from './syntax/problem.ts';
import { type Checked, check as checkTypes } from './types/check.ts';
import { DYN } from './types/type.ts';

export type { Expression, Trace } from './expression.ts';
export type { Bindings } from './run/frame.ts';

export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

export interface CompileOptions {
  /** Whether names, functions and types are checked first. Without, mistakes are failures of the evaluation. */
  readonly check?: boolean;
}

/** Compiles an expression of the Common Expression Language, https://cel.dev. */
export function compile(source: string, environment: Environment, { check = true }: CompileOptions = {}): Compiled {
  const parsed = parse(source, environment.limits, environment.macros);
  if (!parsed.ok) return refused(source, parsed.problems);
  const { syntax } = parsed;
  const { type, problems, references } = check ? checkTypes(syntax, environment) : UNCHECKED;
  const refusals = [...problems, ...costProblems(syntax, environment)];
  if (refusals.length > 0) return refused(source, refusals);
  const expression = new CompiledExpression({ syntax, environment, type, resolution: resolutionOf(references) });
  if (check && expression.problems.length > 0) return refused(source, expression.problems);
  return { ok: true, expression };
}

const UNCHECKED: Checked = { type: DYN, problems: [], references: new Map(), types: new Map() };

function resolutionOf(references: Checked['references']): Resolution {
  if (references.size === 0) return UNRESOLVED;
  return {
    nameOf: (id) => {
      const reference = references.get(id);
      return reference?.kind === 'name' ? reference.name : undefined;
    },
    overloadsOf: (id) => {
      const reference = references.get(id);
      return reference?.kind === 'overloads' ? reference.overloads : undefined;
    },
  };
}

function costProblems({ expr }: Syntax, { limits }: Environment): Problem[] {
  if (estimateCost(expr) <= limits.estimatedCost) return [];
  const message = 'the expression may take more than an evaluation is given';
  return [{ at: expr.start, message, suggestion: 'nest fewer macros over lists' }];
}

function refused(source: string, problems: readonly Problem[]): Compiled {
  return { ok: false, problems: problems.map((problem) => located(source, problem)) };
}

function located(source: string, { at, message, suggestion }: Problem): ExpressionProblem {
  return { ...positionOf(source, at), message, suggestion };
}
