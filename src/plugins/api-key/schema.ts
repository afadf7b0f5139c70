import { Bool, FromSecret, formatted, nameOf, text } from '../../model/scalars.ts';
import { annotate, field, list, required, type Static, strict } from '../../model/schema.ts';

const Key = strict({
  user: required(nameOf('User'), 'Who acts with it.'),
  key: required(FromSecret, 'The Secret that holds it; at least 16 bytes.'),
});

export const ApiKeys = strict(
  {
    header: field(formatted('header-name', 256), 'The header that it stands in, such as `X-Api-Key`.'),
    queryParameterThatOthersMayLog: field(
      annotate(text(256), { 'x-expected': 'the name of a query parameter' }),
      'The query parameter that it stands in, for programs that can send no header.',
    ),
    keys: field(list(Key, 1000), 'Keys that somebody else made, each with its User.'),
    refusesOurAccessTokens: field(Bool, 'Access tokens of ours are no keys here; they are when this is left out.'),
  },
  { 'x-exactly-one': [['header', 'queryParameterThatOthersMayLog']] },
);
export type ApiKeys = Static<typeof ApiKeys>;
