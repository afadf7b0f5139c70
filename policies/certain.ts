import type { CompiledCondition, Truth } from './compiled-condition.ts';
import type { PolicyInput } from './input.ts';

/** Gives the same whatever is asked. */
export class Certain implements CompiledCondition {
  readonly certain: Truth;

  constructor(truth: Truth) {
    this.certain = truth;
  }

  evaluate(): Truth {
    return this.certain;
  }
}

/** The condition as it is for one Service. */
export function reduced(condition: CompiledCondition, about: PolicyInput): CompiledCondition {
  return condition.reduced?.(about) ?? condition;
}

/**
 * Conditions that are asked one after the other until one gives `decisive` or takes too much: without those that
 * certainly do neither, and without what comes after one that certainly does.
 */
export function reducedUntil<C extends { readonly condition: CompiledCondition }>(
  all: readonly C[],
  decisive: boolean,
  about: PolicyInput,
): C[] {
  const kept: C[] = [];
  for (const one of all) {
    const condition = reduced(one.condition, about);
    const { certain } = condition;
    if (certain === !decisive) continue;
    kept.push(condition === one.condition ? one : { ...one, condition });
    if (certain === decisive || isCost(certain)) break;
  }
  return kept;
}

/** What takes too much denies at once. */
export function isCost(truth: Truth | undefined): boolean {
  return typeof truth === 'object' && truth.kind === 'cost';
}
