import { words } from '../../model/scalars.ts';
import { required, type Static, strict } from '../../model/schema.ts';
import { COUNTING_FIELDS } from '../rate-limit/schema.ts';

export const Quota = strict({
  ...COUNTING_FIELDS,
  per: required(words('day', 'month'), 'In which time, by the calendar in UTC.'),
});
export type Quota = Static<typeof Quota>;
