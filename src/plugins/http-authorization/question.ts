import type { CompiledText } from '../../../policies/text.ts';
import { HeaderList } from '../../base/header-list.ts';
import { isHopByHop, toHeaderValue } from '../../base/header-text.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import type { PluginDeps } from '../deps.ts';
import { compileExpression } from '../expression.ts';
import type { OutboundRequest } from '../outbound.ts';
import { checkTemplate, jsonOf } from './json-text.ts';
import type { HttpAuthorization } from './schema.ts';

/** A question, or why there is none. */
export type Question =
  | { readonly kind: 'question'; readonly request: OutboundRequest }
  | { readonly kind: 'none'; readonly because: string };

const USUALLY_SENT = ['authorization', 'cookie'];

/** Written for each question, whatever the client sends. */
const OURS: ReadonlySet<string> = new Set(['content-length', 'content-type', 'expect', 'host', 'x-request-id']);
const OUR_PREFIX = 'x-forwarded-';

/** Whether the service is told this field (lower case) of the request. */
export function asks({ requestHeaders = USUALLY_SENT }: HttpAuthorization, name: string): boolean {
  return requestHeaders.some((one) => one.toLowerCase() === name);
}

export function compileQuestion(config: HttpAuthorization, deps: PluginDeps): (x: Exchange) => Question {
  const { pathname: path, search } = new URL(config.url);
  const query = search.slice(1);
  const names = (config.requestHeaders ?? USUALLY_SENT).map((name) => name.toLowerCase());
  for (const [i, name] of names.entries()) checkName(name, i, deps);
  const text = compileExpression(config.body ?? {}, ['body'], deps);
  if (config.body?.liquid !== undefined) checkTemplate(config.body.liquid, ['body', 'liquid'], deps);
  return (x) => {
    const headers = headersOf(x, names);
    if (text === null) return question({ method: 'GET', path, query, headers, body: null });
    const body = bodyOf(x, text);
    if (typeof body === 'string') return { kind: 'none', because: body };
    headers.set('content-type', 'application/json');
    return question({ method: 'POST', path, query, headers, body });
  };
}

function checkName(name: string, at: number, { mistake }: PluginDeps): void {
  if (!OURS.has(name) && !name.startsWith(OUR_PREFIX) && !isHopByHop(name)) return;
  mistake(['requestHeaders', at], `"${name}" is written by the gateway`, 'leave it out');
}

function question(request: OutboundRequest): Question {
  return { kind: 'question', request };
}

/** As the upstream would see them, so nothing by which clients prove to us who they are is among them. */
function headersOf(x: Exchange, names: readonly string[]): HeaderList {
  const { headers: sent, query } = x.outgoing!;
  const { method, scheme, authority, path, clientAddress } = x.request;
  const headers = new HeaderList();
  for (const name of names) for (const value of sent.all(name)) headers.append(name, value);
  headers.set('x-forwarded-method', method);
  headers.set('x-forwarded-proto', scheme);
  headers.set('x-forwarded-host', authority);
  headers.set('x-forwarded-uri', query === '' ? path : `${path}?${query}`);
  headers.set('x-forwarded-for', clientAddress);
  const user = x.principal?.user?.metadata.name;
  if (user !== undefined) headers.set('x-forwarded-user', toHeaderValue(user));
  return headers;
}

/** The bytes, or why there are none. */
function bodyOf({ input }: Exchange, text: CompiledText): Buffer | string {
  const result = text.evaluate(input!);
  switch (result.kind) {
    case 'text':
      return jsonOf(result.text);
    case 'absent':
      return 'the expression of its body gave nothing';
    case 'error':
      return `the expression of its body failed: ${result.detail}`;
  }
}
