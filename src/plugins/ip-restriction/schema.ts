import { formatted, whole } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

const Blocks = annotate(list(formatted('cidr', 64), 10_000), { 'x-unique': 'warning' });

export const IpRestriction = strict({
  allow: field(Blocks, 'Only these addresses and CIDR blocks are let in; all when left out.'),
  deny: field(Blocks, 'These are not, even when `allow` has them.'),
  ...ANSWER_FIELDS,
  statusCode: field(whole(400, 599), 'Status of the answer to others; 403 when left out.'),
});
export type IpRestriction = Static<typeof IpRestriction>;
