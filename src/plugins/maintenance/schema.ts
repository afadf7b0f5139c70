import { Duration, text, whole } from '../../model/scalars.ts';
import { field, type Static, strict } from '../../model/schema.ts';

export const Maintenance = strict({
  statusCode: field(whole(400, 599), 'Status of the answer, if `message` is given; 503 when left out.'),
  retryAfter: field(Duration, 'When to try again, told to programs.'),
  message: field(text(4096), 'Plain text for the reader; a page that says as much when left out.'),
});
export type Maintenance = Static<typeof Maintenance>;
