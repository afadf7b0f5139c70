import { TextExpression } from '../../model/expression.ts';
import { formatted } from '../../model/scalars.ts';
import { field, required, type Static, strict } from '../../model/schema.ts';
import { headerNames, SERVICE_FIELDS } from '../authorization/schema.ts';

export const HttpAuthorization = strict({
  url: required(formatted('http-url', 2048), 'What is asked, with its path and query.'),
  requestHeaders: field(
    headerNames,
    'Headers of the request that are sent; `Authorization` and `Cookie` when left out.',
  ),
  body: field(TextExpression, 'JSON that is sent by POST; when left out, GET is used without a body.'),
  upstreamHeaders: field(headerNames, 'Headers of a 2xx answer that the upstream gets in the place of its own.'),
  clientHeaders: field(
    headerNames,
    'Headers of a 401 or 403 answer that the client gets; `Content-Type` and `WWW-Authenticate` when left out.',
  ),
  ...SERVICE_FIELDS,
});
export type HttpAuthorization = Static<typeof HttpAuthorization>;
