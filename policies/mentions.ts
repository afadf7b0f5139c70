import type { Condition } from '../src/model/condition.ts';
import type { PolicySpec } from '../src/model/policy.ts';
import { DEFAULT_LIMITS } from './cel/environment.ts';
import type { Expr } from './cel/syntax/ast.ts';
import { parse } from './cel/syntax/parser.ts';
import { partsOf } from './cel/syntax/parts.ts';

/** What the conditions of a policy mention as constants, `attrs` included: requests worth trying. */
export interface Mentions {
  /** Texts that begin with a slash. */
  readonly paths: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const known = new WeakMap<PolicySpec, Mentions>();

export function mentionsOf(spec: PolicySpec): Mentions {
  const mentions = known.get(spec) ?? findMentions(spec);
  known.set(spec, mentions);
  return mentions;
}

function findMentions({ rules = [], enforcementRules = [], attrs }: PolicySpec): Mentions {
  const texts: string[] = [];
  for (const { condition } of [...rules, ...enforcementRules]) textsOfCondition(condition, texts);
  textsOfData(attrs, texts);
  return {
    paths: new Set(texts.filter((text) => text.startsWith('/'))),
    methods: new Set(texts.filter((text) => METHODS.has(text))),
  };
}

function textsOfCondition({ match, not, all, any, none }: Condition, texts: string[]): void {
  for (const source of [match, not]) if (source !== undefined) textsOfSource(source, texts);
  for (const list of [all, any, none]) for (const one of list?.of ?? []) textsOfCondition(one, texts);
}

function textsOfSource(source: string, texts: string[]): void {
  const parsed = parse(source, DEFAULT_LIMITS);
  if (parsed.ok) textsOfExpression(parsed.syntax.expr, texts);
}

function textsOfExpression(expr: Expr, texts: string[]): void {
  if (expr.kind === 'constant' && typeof expr.value === 'string') texts.push(expr.value);
  for (const part of partsOf(expr)) textsOfExpression(part, texts);
}

/** Attributes are checked to be shallow when they are read. */
function textsOfData(data: unknown, texts: string[]): void {
  if (typeof data === 'string') texts.push(data);
  else if (typeof data === 'object' && data !== null) for (const part of Object.values(data)) textsOfData(part, texts);
}
