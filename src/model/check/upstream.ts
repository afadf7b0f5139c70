import { durationMs } from '../../base/duration.ts';
import type { ServiceConfig } from '../service/config.ts';
import type { RetryRules } from '../service/http.ts';
import type { HealthCheck, LoadBalance } from '../service/upstream.ts';
import type { KeyPath } from '../source.ts';
import { quote } from '../validate/describe.ts';
import { type Problem, problem } from '../validate/problem.ts';

/** How the fields about the upstream of one config go together. */
export function checkUpstream(config: ServiceConfig, at: KeyPath): Problem[] {
  const { upstream, http } = config;
  const balance = upstream?.loadbalance;
  const isWhole = config.parent === undefined;
  return [
    ...checkForm(config, at),
    ...(balance === undefined ? [] : checkBalance(balance, [...at, 'upstream', 'loadbalance'], isWhole)),
    ...checkTls(config, at),
    ...(http?.retry === undefined ? [] : checkRetry(http.retry, [...at, 'http', 'retry'])),
  ];
}

function checkForm({ upstream, parent }: ServiceConfig, at: KeyPath): Problem[] {
  if (upstream === undefined || parent !== undefined) return [];
  if (upstream.url !== undefined || upstream.loadbalance !== undefined || upstream.container !== undefined) return [];
  return [problem([...at, 'upstream'], 'exactly one of url, loadbalance, container is needed', { at: 'key' })];
}

function noEffect(path: KeyPath, without: string): Problem {
  return problem(path, `has no effect ${without}`, { at: 'key', severity: 'warning' });
}

/** @param isWhole nothing is inherited from a parent */
function checkBalance(balance: LoadBalance, at: KeyPath, isWhole: boolean): Problem[] {
  const problems = [...checkEndpoints(balance, at), ...checkHealth(balance.healthCheck, [...at, 'healthCheck'])];
  if (!isWhole) return problems;
  if (balance.policy === 'HASH' && balance.hash === undefined) {
    const suggestion = 'such as hash: {header: X-Tenant}, {cookie: NAME} or {source: USER}';
    problems.push(problem([...at, 'policy'], 'the policy HASH needs to know what to hash', { suggestion }));
  }
  if (balance.policy !== 'HASH' && balance.hash !== undefined) {
    problems.push(noEffect([...at, 'hash'], 'without policy: HASH'));
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

function schemeOf(url: string): string {
  return url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();
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

function checkTls(config: ServiceConfig, at: KeyPath): Problem[] {
  const { tls, clientCertificate } = config;
  const problems: Problem[] = [];
  if (tls?.appendToSystemPool === true && tls.trustedCAs === undefined && clientCertificate?.trustedCAs === undefined) {
    problems.push(problem([...at, 'tls', 'appendToSystemPool'], 'needs trustedCAs', { at: 'key' }));
  }
  if (tls?.clientCertificate !== undefined && clientCertificate?.fromSecret !== undefined) {
    problems.push(noEffect([...at, 'tls', 'clientCertificate'], 'beside the older clientCertificate.fromSecret'));
  }
  return [...problems, ...checkClientCertificate(config, at)];
}

const CLEARTEXT: ReadonlySet<string> = new Set(['http', 'ws', 'h2c', 'grpc']);

function checkClientCertificate({ tls, clientCertificate, upstream }: ServiceConfig, at: KeyPath): Problem[] {
  const urls = [upstream?.url, ...(upstream?.loadbalance?.endpoints ?? []).map(({ url }) => url)];
  const places = urls.filter((url) => url !== undefined);
  if (places.length === 0 || !places.every((url) => CLEARTEXT.has(schemeOf(url)))) return [];
  const without = 'on an upstream without TLS; use an https URL';
  return [
    ...(tls?.clientCertificate === undefined ? [] : [noEffect([...at, 'tls', 'clientCertificate'], without)]),
    ...(clientCertificate?.fromSecret === undefined ? [] : [noEffect([...at, 'clientCertificate'], without)]),
  ];
}

function checkRetry({ initialInterval, maxInterval, methods = [] }: RetryRules, at: KeyPath): Problem[] {
  const problems = methods.flatMap((method, i) => {
    if (method !== 'POST' && method !== 'PATCH') return [];
    const message = `an upstream may do a ${method} twice then`;
    return [problem([...at, 'methods', i], message, { severity: 'warning' })];
  });
  const [shortest, longest] = [initialInterval ?? '100ms', maxInterval ?? '2s'].map((text) => durationMs(text) ?? 0);
  if (shortest! > longest!) {
    const field = maxInterval === undefined ? 'initialInterval' : 'maxInterval';
    const message = field === 'maxInterval' ? 'is shorter than initialInterval' : 'is longer than maxInterval (2s)';
    problems.push(problem([...at, field], message));
  }
  return problems;
}
