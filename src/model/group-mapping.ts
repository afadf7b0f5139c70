import { formatted, namesOf, text } from './scalars.ts';
import { field, list, required, type Static, strict } from './schema.ts';

const groupRule = strict(
  {
    exact: field(text(512), 'The value of the claim.'),
    regex: field(formatted('regex', 2048), 'RE2, for the whole value of the claim.'),
    groups: required(namesOf('Group'), 'Groups of whoever has such a value.'),
  },
  { 'x-exactly-one': [['exact', 'regex']] },
);
export type GroupRule = Static<typeof groupRule>;

/** Groups by what a provider states about somebody. */
export const groupMapping = strict({
  claim: required(text(256), 'The claim with the names: a text, or a list of texts.'),
  rules: required(list(groupRule, 200), 'What values mean which Groups; all that fit count.'),
});
export type GroupMapping = Static<typeof groupMapping>;
