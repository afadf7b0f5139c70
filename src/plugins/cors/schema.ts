import { Type } from 'typebox';
import { Bool, text } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict } from '../../model/schema.ts';

export const CorsRules = strict({
  allowOriginStringMatch: field(
    annotate(list(text(300), 100), { 'x-unique': 'warning' }),
    'Origins whose pages may read answers, such as `https://app.example.com`; `*` for all.',
  ),
  allowMethods: field(text(1024), 'Methods, with commas between them; what is asked for when left out.'),
  allowHeaders: field(text(4096), 'Request headers, with commas between them; what is asked for when left out.'),
  exposeHeaders: field(text(4096), 'Response headers that pages may read, with commas between them.'),
  maxAge: field(
    annotate(Type.String({ pattern: '^[0-9]{1,9}$' }), { 'x-expected': 'seconds, as text: "600"' }),
    'Seconds for which browsers keep the answer to a preflight.',
  ),
  allowCredentials: field(Bool, 'Pages of these origins act with the cookies of their visitors.'),
  allowClusterServices: field(
    Bool,
    'Pages of the domain and of names below it may read answers, with the cookies of their visitors.',
  ),
});
export type CorsRules = Static<typeof CorsRules>;
