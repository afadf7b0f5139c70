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
  const counts = (spec: PolicySpec): Answer => {
    if (spec.isDisabled) return 'false';
    const any = (effect: string): Answer => {
      const found = (spec.enforcementRules ?? []).flatMap((rule, i) =>
        rule.effect === effect ? answers(spec, 'enforcementRules', i) : [],
      );
      return (['true', 'error', 'missing'] as const).find((answer) => found.includes(answer)) ?? 'false';
    };
    const [enforced, ignored] = [any('ENFORCE'), any('IGNORE')];
    if (enforced === 'true' || ignored === 'false') return 'true';
    if (ignored === 'true') return enforced;
    return enforced === 'error' || ignored === 'error' ? 'error' : 'missing';
  };
  for (let priority = -4; priority <= 4; priority++) {
    for (const effect of ['DENY', 'ALLOW']) {
      for (const spec of specs) {
        if (counts(spec) === 'false') continue;
        for (const [i, rule] of (spec.rules ?? []).entries()) {
          if (rule.effect !== effect || (rule.priority ?? 0) !== priority) continue;
          if (counts(spec) === 'error') return 'policy-error';
          if (counts(spec) === 'missing' && effect === 'ALLOW') continue;
          const answer = answers(spec, 'rules', i);
          if (answer === 'error' || (answer === 'missing' && effect === 'DENY')) return 'policy-error';
          if (answer === 'true') return effect === 'DENY' ? 'policy-denied' : 'policy-allowed';
        }
      }
    }
  }
  return 'no-policy-match';
}
