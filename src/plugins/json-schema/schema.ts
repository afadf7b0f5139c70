import { text, whole } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { ANSWER_FIELDS } from '../direct/schema.ts';

/** Bytes that are read when nothing else is said. */
export const DEFAULT_MAX_SIZE = 4 * 1024 * 1024;

export const JsonSchemaRules = strict({
  inline: required(text(30_000), 'JSON Schema 2020-12, as JSON.'),
  maxSize: field(whole(1, 64 * 1024 * 1024), 'Bytes of a body that is read for this; 4 MiB when left out.'),
  ...ANSWER_FIELDS,
  statusCode: field(whole(400, 599), 'Status of the answer to a body that does not fit; 400 when left out.'),
});
export type JsonSchemaRules = Static<typeof JsonSchemaRules>;
