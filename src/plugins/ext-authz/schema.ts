import { Type } from 'typebox';
import { formatted, text } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { headerNames, SERVICE_FIELDS } from '../authorization/schema.ts';

export const ExtAuthz = strict({
  url: required(formatted('upstream-url', 2048), 'The server: `grpc://HOST:PORT`, or `https://HOST` with TLS.'),
  requestHeaders: field(headerNames, 'Headers of the request that are sent; all of them when left out.'),
  contextExtensions: field(
    Type.Record(Type.String({ maxLength: 256 }), text(1024), { maxProperties: 64 }),
    'Told to the server with each question.',
  ),
  ...SERVICE_FIELDS,
});
export type ExtAuthz = Static<typeof ExtAuthz>;
