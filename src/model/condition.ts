import { Type } from 'typebox';
import { text } from './scalars.ts';
import { annotate, planned, strict, typed } from './schema.ts';

/** Limits of conditions (octelium.md, Appendix A). */
export const CONDITION_DEPTH = 16;
export const CONDITION_CHILDREN = 100;
export const CEL_LENGTH = 10_000;
export const REGO_LENGTH = 20_000;

/** A condition: exactly one of its forms. A list that is empty never matches. */
export interface Condition {
  /** True matches always, false never. */
  matchAny?: boolean;
  /** CEL. */
  match?: string;
  /** CEL, negated. */
  not?: string;
  all?: Conditions;
  any?: Conditions;
  none?: Conditions;
  opa?: { inline: string };
}

export interface Conditions {
  of: Condition[];
}

/** CEL over `ctx` (and `attrs` in a Policy). */
export const CelSource = text(CEL_LENGTH);

export const Opa = strict({ inline: text(REGO_LENGTH) }, { description: 'Rego.' });

export const Condition = typed<Condition>({ $ref: 'Condition' });

const conditions = strict({ of: Type.Array(Condition, { maxItems: CONDITION_CHILDREN }) });

const FORMS = ['matchAny', 'match', 'not', 'all', 'any', 'none', 'opa'] as const;

const branch = (description: string) => Type.Optional(annotate(conditions, { description }));

/** What the reference means in every schema of the model. */
export const ConditionDefinition = strict(
  {
    matchAny: Type.Optional(Type.Boolean({ description: 'True matches always, false never.' })),
    match: Type.Optional(annotate(CelSource, { description: 'CEL that must give true.' })),
    not: Type.Optional(annotate(CelSource, { description: 'CEL that must give false.' })),
    all: branch('All of these match.'),
    any: branch('At least one of these matches.'),
    none: branch('None of these matches.'),
    opa: planned(Opa, 'Rego'),
  },
  {
    title: 'Condition',
    description: 'Exactly one of the forms.',
    'x-exactly-one': [FORMS],
    'x-for-text': 'write {match: …}',
  },
);
