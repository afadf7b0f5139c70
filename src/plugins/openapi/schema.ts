import { Bool, formatted, text, whole } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

export const OpenapiRules = strict({
  inline: required(text(500_000), 'The OpenAPI 3.1 document, as YAML or JSON.'),
  basePath: field(formatted('rewrite-path', 512), 'Where its paths begin; the path of its servers when left out.'),
  maxSize: field(whole(1, 64 * 1024 * 1024), 'Bytes of a body that is read for this; 4 MiB when left out.'),
  allowUndescribedQueryParameters: field(Bool, 'Parameters in the query that no operation describes pass.'),
  passBodiesThatAreNotJsonUnchecked: field(
    Bool,
    'Schemas of forms and other bodies that are not JSON are not looked at.',
  ),
  ...ANSWER_FIELDS,
  statusCode: field(whole(400, 599), 'Status of the answer to what does not fit; that of the reason when left out.'),
});
export type OpenapiRules = Static<typeof OpenapiRules>;
