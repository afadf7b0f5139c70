import type { Exchange } from '../../gateway/exchange.ts';
import { type RequestBytes, requestBytes } from '../../gateway/request-body.ts';
import { jsonProblem } from '../json-schema/body-problem.ts';
import type { Check } from '../json-schema/validator/run.ts';
import { mistake, type OpenapiDocument, type Place, pointerOf } from './document.ts';

/** What an operation says of the body: by media type, in lower case, what looks at it; `null`: nothing does. */
export interface BodyRules {
  readonly isRequired: boolean;
  readonly checks: ReadonlyMap<string, Check | null>;
}

/** No body is described, so there must be none. */
export const NO_BODY: BodyRules = { isRequired: false, checks: new Map() };

/** @param isLax schemas of other media types than JSON are not looked at @throws AppError `invalid` */
export function compileBody(place: Place | null, document: OpenapiDocument, isLax: boolean): BodyRules {
  if (place === null) return NO_BODY;
  const content = document.child(place, 'content');
  if (content === null) throw mistake(place, 'content', 'is needed');
  const checks = new Map<string, Check | null>();
  for (const [type, media] of document.children(content)) {
    checks.set(essence(type), compileMedia(media, document, isJson(essence(type)), isLax));
  }
  return { isRequired: place.value.required === true, checks };
}

function compileMedia(media: Place, document: OpenapiDocument, readsJson: boolean, isLax: boolean): Check | null {
  const { schema } = media.value;
  if (readsJson) return schema === undefined ? () => true : document.schemas.at(pointerOf(media, 'schema'));
  const saysNothing = schema === undefined || schema === true || Object.keys(Object(schema)).length === 0;
  if (saysNothing || isLax) return null;
  throw mistake(media, 'schema', 'only bodies of JSON are looked at: see passBodiesThatAreNotJsonUnchecked');
}

/** Without its parameters. */
function essence(type: string): string {
  return (type.split(';')[0] as string).trim().toLowerCase();
}

function isJson(type: string): boolean {
  return type === 'application/json' || /^[^/]+\/[^/]+\+json$/.test(type);
}

/** Why the body does not fit, for the log; `null` when it does. @param limit bytes that are read */
export async function bodyProblem(x: Exchange, rules: BodyRules, limit: number) {
  const { headers, body } = x.outgoing!;
  if (body === null || body.length === 0) return rules.isRequired ? 'there is no body' : null;
  if (rules.checks.size === 0) return emptyOr(await requestBytes(x, 0), 'no body is described');
  const [stated = '', ...more] = headers.all('content-type');
  const check = more.length === 0 ? checkFor(essence(stated), rules) : undefined;
  if (check === undefined) return 'a body of this Content-Type is not described';
  if (check === null) return null;
  const reading = await requestBytes(x, limit);
  if (reading.kind === 'refusal') return reading;
  if (reading.bytes.byteLength === 0) return rules.isRequired ? 'there is no body' : null;
  return jsonProblem(headers, reading.bytes, check);
}

function emptyOr(reading: RequestBytes, otherwise: string): string | null {
  return reading.kind === 'read' && reading.bytes.byteLength === 0 ? null : otherwise;
}

/** The most exact description counts; one of `*` reads nothing as JSON that says to be something else. */
function checkFor(type: string, { checks }: BodyRules): Check | null | undefined {
  for (const range of [type, `${type.split('/')[0]}/*`, '*/*']) {
    const check = checks.get(range);
    if (check !== undefined) return check;
  }
  return undefined;
}
