import { formatted, text, whole } from '../../model/scalars.ts';
import { field, list, required, type Static, strict } from '../../model/schema.ts';

const Body = strict(
  {
    inline: field(text(50_000), 'The body as text.'),
    inlineBytes: field(formatted('base64', 50_000), 'The body as base64.'),
  },
  { 'x-at-most-one': [['inline', 'inlineBytes']] },
);

const Header = strict({
  key: required(formatted('header-name', 256), 'Name of the header.'),
  value: required(formatted('header-value', 8192), 'Its value.'),
});

/** The keys of an answer that a plugin gives itself; other plugins have them for their refusals. */
export const ANSWER_FIELDS = {
  statusCode: field(whole(200, 599), 'Status of the answer.'),
  body: field(Body, 'Body of the answer; none when left out.'),
  headers: field(list(Header, 256), 'Headers of the answer.'),
};

export const DirectAnswer = strict(ANSWER_FIELDS);
export type DirectAnswer = Static<typeof DirectAnswer>;
