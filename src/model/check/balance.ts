import type { HealthCheck, LoadBalance } from '../service/upstream.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { checkLimit, noEffect, schemeOf } from './upstream-parts.ts';

/** How the endpoints of one upstream go together. */
export function checkBalance(balance: LoadBalance, at: KeyPath): Problem[] {
  const problems = [...checkEndpoints(balance, at), ...checkHealth(balance.healthCheck, [...at, 'healthCheck'])];
  if (balance.policy === 'HASH' && balance.hash === undefined) {
    const suggestion = 'such as hash: {header: X-Tenant}, {cookie: NAME} or {source: USER}';
    problems.push(problem([...at, 'policy'], 'the policy HASH needs to know what to hash', { suggestion }));
  }
  if (balance.policy !== 'HASH' && balance.hash !== undefined) {
    problems.push(noEffect([...at, 'hash'], 'without policy: HASH'));
  }
  if (balance.outlier !== undefined) {
    problems.push(...checkLimit(balance.outlier, 'ejectionTime', 'maxEjectionTime', null, [...at, 'outlier']));
  }
  if (balance.outlier !== undefined && balance.endpoints.length === 1) {
    problems.push(noEffect([...at, 'outlier'], 'with one endpoint, which is never left alone'));
  }
  return problems;
}

function checkEndpoints({ endpoints }: LoadBalance, at: KeyPath): Problem[] {
  const first = schemeOf(endpoints[0]?.url ?? '');
  const problems = endpoints.flatMap(({ url }, i) => {
    if (schemeOf(url) === first) return [];
    const message = `all endpoints need the same scheme, and the first one has ${quote(first)}`;
    return [problem([...at, 'endpoints', i, 'url'], message)];
  });
  problems.push(...checkRepeated(endpoints, at));
  if (endpoints.length > 0 && endpoints.every(({ weight }) => weight === 0)) {
    const suggestion = 'leave weight out, or give one of them a weight of 1';
    problems.push(problem([...at, 'endpoints'], 'every weight is 0, so none gets requests', { at: 'key', suggestion }));
  }
  return problems;
}

/** The URLs are not quoted, because one may carry a password. */
function checkRepeated(endpoints: LoadBalance['endpoints'], at: KeyPath): Problem[] {
  const places = endpoints.map(({ url }) => placeOf(url));
  return places.flatMap((place, i) => {
    if (place === null || places.indexOf(place) === i) return [];
    const suggestion = 'use weight for a larger share';
    return [problem([...at, 'endpoints', i, 'url'], 'this endpoint is in the list twice', { suggestion })];
  });
}

/** Host and port, in one spelling; `null` when it is no URL, which is a mistake of its own. */
function placeOf(url: string): string | null {
  const scheme = schemeOf(url);
  const spelled = `${scheme === 'https' || scheme === 'wss' ? 'https' : 'http'}${url.slice(scheme.length)}`;
  return URL.canParse(spelled) ? new URL(spelled).host : null;
}

/** Which kind of check a field belongs to. */
const FIELDS_OF_CHECKS = { path: 'HTTP', expectedStatus: 'HTTP', service: 'GRPC' } as const;

function checkHealth(check: HealthCheck | undefined, at: KeyPath): Problem[] {
  if (check === undefined) return [];
  const fields = Object.keys(FIELDS_OF_CHECKS) as (keyof typeof FIELDS_OF_CHECKS)[];
  const unused = fields.filter((key) => check[key] !== undefined && !fits(check, FIELDS_OF_CHECKS[key]));
  return unused.map((key) => noEffect([...at, key], `without type: ${FIELDS_OF_CHECKS[key]}`));
}

/** A path alone asks for an HTTP check, and a Service of mode GRPC for one by gRPC. */
function fits({ type, path }: HealthCheck, wanted: 'HTTP' | 'GRPC'): boolean {
  if (type !== undefined) return type === wanted;
  return wanted === 'GRPC' || path !== undefined;
}
