import { CelSource } from '../../model/condition.ts';
import { LiquidSource } from '../../model/liquid.ts';
import { text, words } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';

const QUERY_OPERATIONS = ['SET', 'ADD', 'PUSH', 'PUSH_IF_PRESENT', 'DELETE'] as const;
export type QueryOperation = (typeof QUERY_OPERATIONS)[number];

const QueryChange = strict(
  {
    op: required(words(...QUERY_OPERATIONS), 'What is done.'),
    key: required(text(256), 'Name of the parameter, not encoded.'),
    value: field(text(8192), 'The value itself, not encoded.'),
    eval: field(CelSource, 'CEL that gives the value.'),
    liquid: field(LiquidSource, 'Liquid that gives the value.'),
  },
  { 'x-at-most-one': [['value', 'eval', 'liquid']] },
);
export type QueryChange = Static<typeof QueryChange>;

export const QueryChanges = strict({
  changes: required(list(QueryChange, 256), 'What is done, one after the other.'),
});
export type QueryChanges = Static<typeof QueryChanges>;
