import { Type } from 'typebox';
import { Bool, text } from '../../model/scalars.ts';
import { field, list, type Static, strict } from '../../model/schema.ts';

const headerNames = list(text(256), 128);

const Redaction = strict({
  headers: field(headerNames, 'These headers without their values.'),
  bodyFields: field(
    list(Type.String({ minLength: 1, maxLength: 256 }), 128),
    'These fields of JSON bodies without their values: a name at any depth, or a path such as `card.number`.',
  ),
});

export const Visibility = strict({
  enableRequestBody: field(Bool, 'Bodies of requests, as text.'),
  enableRequestBodyMap: field(Bool, 'Bodies of requests, as JSON objects.'),
  enableResponseBody: field(Bool, 'Bodies of answers, as text.'),
  enableResponseBodyMap: field(Bool, 'Bodies of answers, as JSON objects.'),
  includeRequestHeaders: field(headerNames, 'These headers of requests.'),
  includeResponseHeaders: field(headerNames, 'These headers of answers.'),
  includeAllRequestHeaders: field(Bool, 'All headers of requests.'),
  includeAllResponseHeaders: field(Bool, 'All headers of answers.'),
  excludeRequestHeaders: field(headerNames, 'Not these headers of requests.'),
  excludeResponseHeaders: field(headerNames, 'Not these headers of answers.'),
  redact: field(Redaction, 'What is blotted out of what is shown, beside credentials.'),
});
export type Visibility = Static<typeof Visibility>;
