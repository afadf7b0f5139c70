import { Type } from 'typebox';
import { CelSource } from '../../model/condition.ts';
import { LiquidSource } from '../../model/liquid.ts';
import { Bool, formatted, text } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict, typed } from '../../model/schema.ts';

const STATUSES = [301, 302, 303, 307, 308] as const;

export const Redirect = strict(
  {
    statusCode: field(
      annotate(typed<(typeof STATUSES)[number]>(Type.Enum([...STATUSES])), { 'x-expected': STATUSES.join(', ') }),
      'Status of the answer; 302 when left out.',
    ),
    location: field(text(2048), 'Where to: a path of this host, or an http or https URL.'),
    eval: field(CelSource, 'CEL that gives where to.'),
    liquid: field(LiquidSource, 'Liquid that gives where to.'),
    keepPath: field(Bool, 'The path that was asked for is put behind it.'),
    keepQuery: field(Bool, 'The query that was asked for is put behind it.'),
    allowedOrigins: field(
      annotate(list(formatted('origin', 300), 100), { 'x-unique': 'warning' }),
      'Origins beside its own that the expression may lead to.',
    ),
    allowRedirectsToAnySiteThatTheExpressionGives: field(
      Bool,
      'The expression may lead to any site. What it reads from a request decides where visitors are sent.',
    ),
  },
  { 'x-exactly-one': [['location', 'eval', 'liquid']] },
);
export type Redirect = Static<typeof Redirect>;
