import { HeaderList } from '../../base/header-list.ts';
import type { Exchange, LoggedContent } from '../../gateway/exchange.ts';
import type { Response } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { Slot } from '../../gateway/slot.ts';
import type { PluginDeps } from '../deps.ts';
import { type BodyCopy, copied } from './copied-body.ts';
import { type BodyRedaction, compileRedaction } from './redaction.ts';
import type { Visibility } from './schema.ts';
import { shownMap, shownText, textOf } from './shown-body.ts';
import { type ShownHeaders, shownHeaders } from './shown-headers.ts';

export interface VisibilityRules {
  readonly rules: Visibility;
  /** Headers of this config that carry credentials. */
  readonly denied: readonly string[];
}

/** Shows what passes in the access log: headers as the client sent and got them, and bodies that are small. */
export const plugin: PluginType<VisibilityRules, PluginDeps> = {
  create: ({ rules, denied }, deps): Plugin => {
    const redaction = compileRedaction(rules.redact?.bodyFields);
    const redacted = rules.redact?.headers;
    const ofRequest: Shown = {
      headers: shownHeaders({
        all: rules.includeAllRequestHeaders,
        included: rules.includeRequestHeaders,
        excluded: rules.excludeRequestHeaders,
        redacted,
        denied,
      }),
      text: rules.enableRequestBody === true,
      map: rules.enableRequestBodyMap === true,
      redaction,
      copy: deps.slot(),
    };
    const ofResponse: Shown = {
      headers: shownHeaders({
        all: rules.includeAllResponseHeaders,
        included: rules.includeResponseHeaders,
        excluded: rules.excludeResponseHeaders,
        redacted,
        denied,
      }),
      text: rules.enableResponseBody === true,
      map: rules.enableResponseBodyMap === true,
      redaction,
      copy: deps.slot(),
    };
    tellIdle(rules, [ofRequest, ofResponse], deps);
    if (!showsAny(ofRequest) && !showsAny(ofResponse)) return {};
    return {
      ...(showsBody(ofRequest) && { onAuthorized: (x) => copyRequest(x, ofRequest.copy) }),
      ...(showsBody(ofResponse) && { onAnswer: (x, response) => copyResponse(x, response, ofResponse.copy) }),
      onSettled: (x) => {
        x.logged = { ...requestContent(x, ofRequest), ...responseContent(x, ofResponse) };
      },
    };
  },
};

/** What is shown of one direction. */
interface Shown {
  readonly headers: ShownHeaders | null;
  readonly text: boolean;
  readonly map: boolean;
  readonly redaction: BodyRedaction | null;
  readonly copy: Slot<BodyCopy>;
}

/** Tells what would blot out what nobody sees anyway: somebody believes that something is shown. */
function tellIdle({ redact }: Visibility, shown: readonly Shown[], { mistake }: PluginDeps): void {
  if (redact?.headers !== undefined && shown.every(({ headers }) => headers === null)) {
    mistake(
      ['redact', 'headers'],
      'no header is shown',
      'name them in includeRequestHeaders or includeResponseHeaders',
    );
  }
  if (redact?.bodyFields !== undefined && !shown.some(showsBody)) {
    mistake(['redact', 'bodyFields'], 'no body is shown', 'set enableRequestBodyMap or enableResponseBodyMap');
  }
}

function showsAny(shown: Shown): boolean {
  return shown.headers !== null || showsBody(shown);
}

function showsBody({ text, map }: Shown): boolean {
  return text || map;
}

/** What flows in a tunnel is no body, and messages of gRPC are no text. */
function hasText({ request, grpc }: Exchange): boolean {
  return request.upgrade === null && grpc === null;
}

function copyRequest(x: Exchange, slot: Slot<BodyCopy>): null {
  const { outgoing } = x;
  const made = outgoing!.body !== null && hasText(x) ? copied(outgoing!.body) : null;
  if (made === null) return null;
  outgoing!.body = made.body;
  slot.set(x, made.copy);
  return null;
}

/** The answer to HEAD has a body to us that nobody reads. */
function copyResponse(x: Exchange, response: Response, slot: Slot<BodyCopy>): void {
  const isRead = response.body !== null && hasText(x) && x.request.method !== 'HEAD';
  const made = isRead ? copied(response.body!) : null;
  if (made === null) return;
  response.body = made.body;
  slot.set(x, made.copy);
}

function requestContent(x: Exchange, { headers, text, map, redaction, copy }: Shown): LoggedContent {
  const body = text || map ? textOf(copy.get(x)?.take() ?? null, x.request.headers.get('content-encoding')) : null;
  return {
    ...(headers !== null && { requestHeaders: headers(shownBeside(x)) }),
    ...(text && { requestBody: shownText(body, redaction) }),
    ...(map && { requestBodyMap: shownMap(body, redaction) }),
  };
}

/** As the client sent them, but for those that plugins take keys from: their names need not say so. */
function shownBeside({ request, service }: Exchange): HeaderList {
  const places = service?.chain.credentials ?? null;
  if (places === null) return request.headers;
  const headers = new HeaderList();
  for (const [name, value] of request.headers) if (!places.headers.has(name)) headers.append(name, value);
  return headers;
}

function responseContent(x: Exchange, { headers, text, map, redaction, copy }: Shown): LoggedContent {
  const { response } = x;
  const coding = response?.headers.get('content-encoding') ?? null;
  const body = text || map ? textOf(copy.get(x)?.take() ?? null, coding) : null;
  return {
    ...(headers !== null && { responseHeaders: response === null ? {} : headers(response.headers) }),
    ...(text && { responseBody: shownText(body, redaction) }),
    ...(map && { responseBodyMap: shownMap(body, redaction) }),
  };
}
