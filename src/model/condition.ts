import { Type } from 'typebox';
import { text } from './scalars.ts';
import { annotate, strict, typed } from './schema.ts';

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
  opa?: OpaSource;
}

/** Where the policy of an `opa` condition is: exactly one of `inline`, `bundle` and `remote`. */
export interface OpaSource {
  /** Rego. */
  inline?: string;
  /** A bundle of the ClusterConfig, with the entrypoint that answers. */
  bundle?: string;
  entrypoint?: string;
  /** An OPA of the ClusterConfig, with the path below `data` that answers. */
  remote?: string;
  path?: string;
}

export interface Conditions {
  of: Condition[];
}

/** CEL over `ctx` (and `attrs` in a Policy). */
export const CelSource = text(CEL_LENGTH);

export const Opa = typed<OpaSource>(
  strict(
    {
      inline: Type.Optional(annotate(text(REGO_LENGTH), { description: 'Rego.' })),
      bundle: Type.Optional(annotate(text(128), { description: 'A bundle of the ClusterConfig.' })),
      entrypoint: Type.Optional(annotate(text(512), { description: 'What of the bundle answers: `authz/allow`.' })),
      remote: Type.Optional(annotate(text(128), { description: 'An OPA of the ClusterConfig.' })),
      path: Type.Optional(annotate(text(512), { description: 'What below `data` answers there: `authz/allow`.' })),
    },
    {
      description: 'A policy in Rego.',
      'x-exactly-one': [['inline', 'bundle', 'remote']],
      'x-for-text': 'write {inline: …}',
    },
  ),
);

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
    opa: Type.Optional(annotate(Opa, { description: 'A policy in Rego that gives true.' })),
  },
  {
    title: 'Condition',
    description: 'Exactly one of the forms.',
    'x-exactly-one': [FORMS],
    'x-for-text': 'write {match: …}',
  },
);
