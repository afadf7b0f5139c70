import { HeaderList } from '../../base/header-list.ts';
import type { Exchange } from '../../gateway/exchange.ts';
import { type Outcome, type Response, refuse, respond } from '../../gateway/outcome.ts';
import type { Plugin, PluginType } from '../../gateway/plugin.ts';
import type { PluginDeps } from '../deps.ts';
import { compileOrigins, normal, type Origins } from './origins.ts';
import type { CorsRules } from './schema.ts';

/**
 * CORS (https://fetch.spec.whatwg.org/#http-cors-protocol). Preflights are answered here, before anybody is asked who
 * it is: browsers send them without credentials. Without rules no other origin is let in.
 */
export const plugin: PluginType<CorsRules | null, PluginDeps> = {
  create: (rules, deps): Plugin => {
    if (rules !== null) checkOrigins(rules, deps);
    const origins = compileOrigins(rules ?? {});
    return {
      beforeIdentification: 'answers preflights, which browsers send without credentials',
      onRequest: (x) => answerPreflight(x, rules ?? {}, origins),
      ...(rules !== null && { onAnswer: (x, response) => tellPage(x, response, rules, origins) }),
    };
  },
};

function checkOrigins({ allowOriginStringMatch = [], allowCredentials }: CorsRules, deps: PluginDeps): void {
  for (const [i, text] of allowOriginStringMatch.entries()) {
    const path = ['allowOriginStringMatch', i];
    if (text === '*' && allowCredentials === true) {
      deps.mistake(path, 'with allowCredentials, "*" lets every site act as its visitors', 'list the origins');
    } else if (text !== '*' && (normal(text) === null || text.includes('*'))) {
      deps.mistake(path, `"${text}" is not an origin`, 'write it as in https://app.example.com, or * for all');
    }
  }
}

function answerPreflight(x: Exchange, rules: CorsRules, origins: Origins): Outcome | null {
  const { method, headers } = x.request;
  const asked = headers.get('access-control-request-method');
  if (method !== 'OPTIONS' || asked === null || !headers.has('origin')) return null;
  const origin = theOne(headers.all('origin'));
  const permission = origin === null ? null : origins(x, origin);
  if (origin === null || permission === null) return refuse('origin-refused', headers.all('origin').join(', '));
  const answer = new HeaderList();
  allow(answer, origin, permission);
  answer.set('access-control-allow-methods', rules.allowMethods ?? asked);
  const wanted = rules.allowHeaders ?? headers.all('access-control-request-headers').join(', ');
  if (wanted !== '') answer.set('access-control-allow-headers', wanted);
  if (rules.maxAge !== undefined) answer.set('access-control-max-age', rules.maxAge);
  answer.set('vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  return respond(204, answer);
}

/** What the upstream says about origins is not heard: the rules are here. */
function tellPage(x: Exchange, { headers }: Response, rules: CorsRules, origins: Origins): void {
  const { headers: sent, method } = x.request;
  if (method === 'OPTIONS' && sent.has('access-control-request-method')) return;
  for (const name of UPSTREAMS_OWN) headers.delete(name);
  addVary(headers);
  const origin = theOne(sent.all('origin'));
  const permission = origin === null ? null : origins(x, origin);
  if (origin === null || permission === null) return;
  allow(headers, origin, permission);
  if (rules.exposeHeaders !== undefined) headers.set('access-control-expose-headers', rules.exposeHeaders);
}

const UPSTREAMS_OWN = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
] as const;

function allow(headers: HeaderList, origin: string, permission: 'read' | 'read with credentials'): void {
  headers.set('access-control-allow-origin', origin);
  if (permission === 'read with credentials') headers.set('access-control-allow-credentials', 'true');
}

/** Caches keep the answers for each origin apart (RFC 9110 12.5.5). */
function addVary(headers: HeaderList): void {
  const names = headers
    .all('vary')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((name) => name.trim());
  if (!names.includes('origin') && !names.includes('*')) headers.append('vary', 'Origin');
}

function theOne(values: readonly string[]): string | null {
  return values.length === 1 ? (values[0] as string) : null;
}
