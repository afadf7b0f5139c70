import type { Policy, PolicySpec } from '../../../src/model/index.ts';

/** The algorithm as slowly and plainly as it can be said; conditions are the words of `answers`. */
export type Answer = 'true' | 'false' | 'missing' | 'error';

export interface Owner {
  readonly names: readonly string[];
  readonly inline: readonly PolicySpec[];
}

type Answers = (spec: PolicySpec, list: 'rules' | 'enforcementRules', position: number) => Answer;

/** `owners` in the order of attachment. */
export function referenceDecision(owners: readonly Owner[], policies: readonly Policy[], answers: Answers): string {
  const specs: PolicySpec[] = [];
  for (const owner of owners) {
    for (const name of owner.names) {
      const parts = name.split('.');
      for (let i = 0; i < parts.length; i++) {
        const wanted = parts.slice(i).join('.');
        const found = policies.find((policy) => policy.metadata.name === wanted);
        if (found === undefined) return 'policy-error';
        if (!specs.includes(found.spec)) specs.push(found.spec);
      }
    }
    specs.push(...owner.inline);
  }
  const counting = specs.filter((spec) => {
    if (spec.isDisabled) return false;
    const rules = (spec.enforcementRules ?? []).map((rule, i) => ({
      ...rule,
      answer: answers(spec, 'enforcementRules', i),
    }));
    if (rules.some((rule) => rule.effect === 'ENFORCE' && ['true', 'error'].includes(rule.answer))) return true;
    return !rules.some((rule) => rule.effect === 'IGNORE' && rule.answer === 'true');
  });
  for (let priority = -4; priority <= 4; priority++) {
    for (const effect of ['DENY', 'ALLOW']) {
      for (const spec of counting) {
        for (const [i, rule] of (spec.rules ?? []).entries()) {
          if (rule.effect !== effect || (rule.priority ?? 0) !== priority) continue;
          const answer = answers(spec, 'rules', i);
          if (answer === 'error' || (answer === 'missing' && effect === 'DENY')) return 'policy-error';
          if (answer === 'true') return effect === 'DENY' ? 'policy-denied' : 'policy-allowed';
        }
      }
    }
  }
  return 'no-policy-match';
}
