import { Type } from 'typebox';
import { Bool, whole, words } from '../../model/scalars.ts';
import { annotate, field, list, type Static, strict } from '../../model/schema.ts';

const MediaType = annotate(Type.String({ maxLength: 128, pattern: '^[a-z0-9.+-]+/(?:\\*|[a-z0-9.+-]+)$' }), {
  'x-expected': 'a media type in lower case such as text/html, or all of one kind such as text/*',
});

export const CompressRules = strict({
  encodings: field(
    annotate(list(words('br', 'zstd', 'gzip'), 3), { 'x-unique': 'error' }),
    'What is offered, the best first; all three, as they stand here, when left out.',
  ),
  types: field(
    annotate(list(MediaType, 100), { 'x-unique': 'warning' }),
    'Media types that are compressed; text, JSON, XML, scripts, SVG and WebAssembly when left out.',
  ),
  minSize: field(whole(0, 1_000_000_000), 'Bytes; a smaller body stays as it is; 1024 when left out.'),
  compressAnswersThatMayHoldSecretsDespiteBreach: field(
    Bool,
    'Also answers that set cookies, and answers to what pages of other sites may ask for with the cookies of a visitor.',
  ),
});
export type CompressRules = Static<typeof CompressRules>;
