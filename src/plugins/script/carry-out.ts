import { AppError } from '../../base/errors.ts';
import { HeaderList } from '../../base/header-list.ts';
import { BufferedBody } from '../../gateway/body.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Outcome, refuse, respond } from '../../gateway/outcome.ts';
import type { PluginDeps } from '../deps.ts';
import { type AnswerGiven, BODILESS, type FieldChange, type RequestGiven, type ResponseGiven } from './given.ts';

/** Characters; upstreams commonly accept no more than this in a whole request line. */
const LONGEST_TARGET = 8192;
/** What a query may consist of (RFC 3986 3.4), and what browsers leave as it is. */
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

/** All of the changes, or a refusal and none of them. */
export function changeRequest(x: Exchange, given: RequestGiven, deps: PluginDeps): Outcome | null {
  const { path, query, fields } = given;
  const outgoing = x.outgoing!;
  const size = (path ?? outgoing.path).length + (query ?? outgoing.query).length;
  if (size > LONGEST_TARGET && (path !== null || query !== null)) {
    return refuse('rewrite-refused', 'the rewritten path and query are too long');
  }
  if (path !== null && deps.canonicalPath(path) !== path) {
    return refuse('rewrite-refused', 'the rewritten path is not canonical');
  }
  if (query !== null && !QUERY.test(query)) throw new AppError('refused', 'query is not percent-encoded');
  refuseIdentityFields(x, fields);
  outgoing.path = path ?? outgoing.path;
  outgoing.query = query ?? outgoing.query;
  change(outgoing.headers, fields);
  return null;
}

export function answerOf({ status, fields, body }: AnswerGiven): Outcome {
  const headers = new HeaderList();
  if (body !== '') headers.set('content-type', 'text/plain; charset=utf-8');
  change(headers, fields);
  return respond(status, headers, body === '' ? null : new BufferedBody(Buffer.from(body)));
}

/** The body stays what it is, so a status that has none does not become one that has one, nor the other way round. */
export function changeResponse(x: Exchange, { status, fields }: ResponseGiven): void {
  const response = x.response!;
  if (status !== null && status !== response.status) {
    if (response.status < 200 || BODILESS.has(status) || BODILESS.has(response.status)) {
      throw new AppError('refused', `an answer with status ${response.status} cannot become one with ${status}`);
    }
    response.status = status;
  }
  change(response.headers, fields);
}

function change(headers: HeaderList, fields: readonly FieldChange[]): void {
  for (const { name, values } of fields) {
    headers.delete(name);
    for (const value of values) headers.append(name, value);
  }
}

/** Names by which some upstream, of this Service or of another one, is told who sent a request. */
function refuseIdentityFields({ snapshot }: Exchange, fields: readonly FieldChange[]): void {
  const foul = fields.find(({ name, values }) => values.length > 0 && snapshot.identityFields?.has(name) === true);
  if (foul === undefined) return;
  throw new AppError(
    'refused',
    `upstreams are told who sends a request in "${foul.name}", so a script cannot write it`,
  );
}
