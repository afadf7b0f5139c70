import { text, whole } from '../../model/scalars.ts';
import { field, list, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

const Patterns = list(text(1000), 200);

export const UserAgentRules = strict({
  allow: field(Patterns, 'Regular expressions; only programs that one of them is found in are let in.'),
  deny: field(Patterns, 'Regular expressions; programs that one of them is found in are not, whatever `allow` says.'),
  ...ANSWER_FIELDS,
  statusCode: field(whole(400, 599), 'Status of the answer to others; 403 when left out.'),
});
export type UserAgentRules = Static<typeof UserAgentRules>;
