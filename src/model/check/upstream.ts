import type { ServiceConfig } from '../service/config.ts';
import type { RetryRules } from '../service/http.ts';
import type { ServiceMode } from '../service/service.ts';
import type { UpstreamTimeouts } from '../service/upstream.ts';
import type { KeyPath } from '../source.ts';
import { type Problem, problem } from '../validate/problem.ts';
import { checkBalance } from './balance.ts';
import { checkLimit, noEffect, schemeOf } from './upstream-parts.ts';

/** How the fields about the upstream of one config go together; of one with a parent, those of both. */
export function checkUpstream(config: ServiceConfig, mode: ServiceMode, at: KeyPath): Problem[] {
  const { upstream, http } = config;
  const balance = upstream?.loadbalance;
  return [
    ...checkForm(config, at),
    ...(balance === undefined ? [] : checkBalance(balance, [...at, 'upstream', 'loadbalance'])),
    ...(upstream?.timeouts === undefined ? [] : checkTimeouts(upstream.timeouts, [...at, 'upstream', 'timeouts'])),
    ...checkTls(config, at),
    ...checkHttp2(config, mode, at),
    ...(http?.retry === undefined ? [] : checkRetry(http.retry, [...at, 'http', 'retry'])),
  ];
}

function checkForm({ upstream }: ServiceConfig, at: KeyPath): Problem[] {
  if (upstream === undefined) return [];
  if (upstream.url !== undefined || upstream.loadbalance !== undefined || upstream.container !== undefined) return [];
  return [problem([...at, 'upstream'], 'exactly one of url, loadbalance, container is needed', { at: 'key' })];
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
  if (tls?.insecureSkipVerify === true) {
    const message = 'whoever is on the way to the upstream can read and change what is sent';
    const suggestion = 'trustedCAs with the authority of its certificate';
    problems.push(problem([...at, 'tls', 'insecureSkipVerify'], message, { severity: 'warning', suggestion }));
  }
  return [...problems, ...checkClientCertificate(config, at)];
}

const CLEARTEXT: ReadonlySet<string> = new Set(['http', 'ws', 'h2c', 'grpc']);

function checkClientCertificate({ tls, clientCertificate, upstream }: ServiceConfig, at: KeyPath): Problem[] {
  if (!isOnly(CLEARTEXT, upstream)) return [];
  const without = 'on an upstream without TLS; use an https URL';
  return [
    ...(tls?.clientCertificate === undefined ? [] : [noEffect([...at, 'tls', 'clientCertificate'], without)]),
    ...(clientCertificate?.fromSecret === undefined ? [] : [noEffect([...at, 'clientCertificate'], without)]),
  ];
}

/** Whether all URLs have one of these schemes; `false` when there is none. */
function isOnly(schemes: ReadonlySet<string>, upstream: ServiceConfig['upstream']): boolean {
  const urls = [upstream?.url, ...(upstream?.loadbalance?.endpoints ?? []).map(({ url }) => url)];
  const places = urls.filter((url) => url !== undefined);
  return places.length > 0 && places.every((url) => schemes.has(schemeOf(url)));
}

const CLEARTEXT_HTTP1: ReadonlySet<string> = new Set(['http', 'ws']);

/** Nothing could agree on HTTP/2 without TLS; mode GRPC takes it for granted. */
function checkHttp2({ upstream, http }: ServiceConfig, mode: ServiceMode, at: KeyPath): Problem[] {
  if (http?.isUpstreamHTTP2 !== true || mode === 'GRPC' || !isOnly(CLEARTEXT_HTTP1, upstream)) return [];
  return [noEffect([...at, 'http', 'isUpstreamHTTP2'], 'on an upstream without TLS; use an h2c URL')];
}

function checkRetry(retry: RetryRules, at: KeyPath): Problem[] {
  const repeated = (retry.methods ?? []).flatMap((method, i) => {
    if (method !== 'POST' && method !== 'PATCH') return [];
    const message = `an upstream may do a ${method} twice then`;
    return [problem([...at, 'methods', i], message, { severity: 'warning' })];
  });
  return [...repeated, ...checkLimit(retry, 'initialInterval', 'maxInterval', null, at)];
}

/** `total` ends a request whatever the others say. */
function checkTimeouts(timeouts: UpstreamTimeouts, at: KeyPath): Problem[] {
  return (['connect', 'firstByte', 'idle'] as const).flatMap((name) => {
    const found = checkLimit(timeouts, name, 'total', '1h', at);
    return found.map((one) => ({ ...one, severity: 'warning' as const }));
  });
}
