import { CelSource } from './condition.ts';
import { LiquidSource } from './liquid.ts';
import { field, type Static, strict } from './schema.ts';

/** A text that is made for each request, in one of the languages that there are for it. */
export const TextExpression = strict(
  {
    eval: field(CelSource, 'CEL that gives the text.'),
    liquid: field(LiquidSource, 'Liquid that gives the text.'),
  },
  { 'x-exactly-one': [['eval', 'liquid']] },
);
export type TextExpression = Static<typeof TextExpression>;
