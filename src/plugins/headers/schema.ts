import { CelSource } from '../../model/condition.ts';
import { LiquidSource } from '../../model/liquid.ts';
import { formatted, words } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';

const HEADER_OPERATIONS = ['SET', 'ADD', 'APPEND', 'APPEND_IF_PRESENT', 'REMOVE'] as const;
export type HeaderOperation = (typeof HEADER_OPERATIONS)[number];

const HeaderChange = strict(
  {
    op: required(words(...HEADER_OPERATIONS), 'What is done.'),
    key: required(formatted('header-name', 256), 'Name of the header.'),
    value: field(formatted('header-value', 8192), 'The value itself.'),
    eval: field(CelSource, 'CEL that gives the value.'),
    liquid: field(LiquidSource, 'Liquid that gives the value.'),
  },
  { 'x-at-most-one': [['value', 'eval', 'liquid']] },
);
export type HeaderChange = Static<typeof HeaderChange>;

export const HeaderChanges = strict({
  request: field(list(HeaderChange, 256), 'What the upstream sees, one after the other.'),
  response: field(list(HeaderChange, 256), 'What the client sees, one after the other.'),
});
export type HeaderChanges = Static<typeof HeaderChanges>;
