import { whole } from '../../model/scalars.ts';
import { list, required, type Static, strict } from '../../model/schema.ts';

const StatusChange = strict({
  from: required(whole(200, 599), 'Status that the upstream answers with, or a plugin behind this one.'),
  to: required(whole(200, 599), 'Status that the client sees.'),
});

export const StatusChanges = strict({
  changes: required(list(StatusChange, 100), 'Which status becomes which.'),
});
export type StatusChanges = Static<typeof StatusChanges>;
