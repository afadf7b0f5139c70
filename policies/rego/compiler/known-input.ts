import { didYouMean } from '../../../src/base/suggest.ts';
import { CONTEXT_TYPE } from '../../cel/context-type.ts';
import { positionOf } from '../../cel/syntax/position.ts';
import { elsewhere } from '../../cel/types/elsewhere.ts';
import { typeText } from '../../cel/types/text.ts';
import type { Type } from '../../cel/types/type.ts';
import type { ExpressionProblem } from '../../engine.ts';
import { MapValue } from '../../values/map.ts';
import type { Value } from '../../values/value.ts';
import type { InputPath } from './input-paths.ts';

/**
 * What a module reads and no input has: undefined there is no match, so that a misspelt DENY rule would deny nobody.
 * What has no schema is not looked into.
 *
 * @param attrs of the Policy; left out: there are none
 */
export function inputProblems(source: string, paths: readonly InputPath[], attrs?: MapValue): ExpressionProblem[] {
  return paths.flatMap((path) => {
    const unknown = unknownIn(path, attrs);
    return unknown === null || isAskedFor(source, unknown) ? [] : [located(source, unknown)];
  });
}

interface Unknown {
  /** From `input` to the name that is not there. */
  readonly path: InputPath;
  readonly message: string;
  readonly suggestion: string | null;
  /** Whether `not input.attrs.x` asks for something that another Policy may have. */
  readonly mayBeAskedFor: boolean;
}

function unknownIn([root, ...names]: InputPath, attrs: MapValue | undefined): Unknown | null {
  if (root === undefined) return null;
  if (root === 'ctx') return unknownField(names);
  if (root === 'attrs') return attrs === undefined ? noAttrs() : unknownAttr(names, attrs);
  const message = `input has no "${root}": it has ctx, and the attrs of a Policy`;
  return { path: [root], message, suggestion: elsewhereIn([], root), mayBeAskedFor: false };
}

function unknownField(names: readonly string[]): Unknown | null {
  let type: Type = CONTEXT_TYPE;
  for (const [i, name] of names.entries()) {
    const path = ['ctx', ...names.slice(0, i + 1)];
    const inner = fieldIn(type, name);
    if (inner === 'anything') return null;
    if (inner === null) return { path, ...noField(type, names.slice(0, i), name), mayBeAskedFor: false };
    type = inner;
  }
  return null;
}

function fieldIn(type: Type, name: string): Type | 'anything' | null {
  switch (type.kind) {
    case 'object':
      return type.fields.get(name) ?? null;
    case 'map':
      return type.value;
    case 'dyn':
      return 'anything';
    default:
      return null;
  }
}

function noField(type: Type, holder: readonly string[], name: string) {
  const path = ['input', 'ctx', ...holder].join('.');
  if (type.kind !== 'object') return { message: `${path} is ${typeText(type)}: it has no fields`, suggestion: null };
  const suggestion = didYouMean(name, type.fields.keys()) ?? elsewhereIn(holder, name);
  return { message: `${path} has no field "${name}"`, suggestion };
}

function elsewhereIn(holder: readonly string[], name: string): string | null {
  const path = elsewhere(CONTEXT_TYPE, holder, name);
  return path === null ? null : `did you mean "${['input.ctx', ...path].join('.')}"?`;
}

function noAttrs(): Unknown {
  const suggestion = 'did you mean "input.ctx.service.spec.attrs"?';
  return { path: ['attrs'], message: 'attrs are those of a Policy', suggestion, mayBeAskedFor: false };
}

function unknownAttr(names: readonly string[], attrs: MapValue): Unknown | null {
  let value: Value = attrs;
  for (const [i, name] of names.entries()) {
    if (!(value instanceof MapValue)) return null;
    const inner = value.get(name);
    if (inner === undefined) return noKey(['attrs', ...names.slice(0, i + 1)], value);
    if (typeof inner !== 'object') return null;
    value = inner as Value;
  }
  return null;
}

function noKey(path: InputPath, holder: MapValue): Unknown {
  const name = path.at(-1)!;
  const message = `${path.slice(0, -1).join('.')} of this Policy has no key "${name}"`;
  return { path, message, suggestion: didYouMean(name, [...holder.keys()].map(String)), mayBeAskedFor: true };
}

function isAskedFor(source: string, { path, mayBeAskedFor }: Unknown): boolean {
  const found = mayBeAskedFor ? [...source.matchAll(patternOf(path))] : [];
  return found.length > 0 && found.every(({ index }) => /\bnot\s+$/.test(source.slice(0, index)));
}

/** Where the name stands; where the path is written in another way, the beginning. */
function located(source: string, { path, message, suggestion }: Unknown): ExpressionProblem {
  const [found] = source.matchAll(patternOf(path));
  const at = found === undefined ? 0 : found.index + found[0].length - path.at(-1)!.length;
  return { ...positionOf(source, at), message, suggestion };
}

function patternOf(path: InputPath): RegExp {
  const escaped = ['input', ...path].map((name) => name.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`\\b${escaped.join('\\.')}(?!\\w)`, 'g');
}
