import { whole } from '../../model/scalars.ts';
import { required, type Static, strict } from '../../model/schema.ts';

export const RequestSize = strict({
  maxBytes: required(whole(0, 1024 ** 4), 'Bytes of a request body; more is refused with 413.'),
});
export type RequestSize = Static<typeof RequestSize>;
