import { durationMs } from '../base/duration.ts';
import type {
  Duration,
  HealthCheck,
  LoadBalance,
  RetryRules,
  ServiceConfig,
  ServiceMode,
  UpstreamLimits,
} from '../model/index.ts';
import {
  type BalancePolicy,
  type BalanceSpec,
  DEFAULT_HEALTH_CHECK,
  DEFAULT_OUTLIER,
  DEFAULT_RETRY,
  type HashSource,
  type HealthCheckSpec,
  type OutlierSpec,
  type RetrySpec,
  type UpstreamLimits as UpstreamLimitsSpec,
  type UpstreamProtocol,
  type UpstreamSpec,
  type UpstreamTlsSpec,
} from '../upstream/spec.ts';

/** Where a config's requests go; `null` when it names no place. */
export function upstreamSpec(config: ServiceConfig, mode: ServiceMode): UpstreamSpec | null {
  const { upstream, http } = config;
  if (upstream?.url === undefined && upstream?.loadbalance === undefined) return null;
  return defined({
    url: upstream.url,
    balance: upstream.loadbalance === undefined ? undefined : balanceSpec(upstream.loadbalance, mode),
    protocol: protocolOf(mode, http?.isUpstreamHTTP2 === true),
    tls: tlsSpec(config),
    timeouts: milliseconds(upstream.timeouts ?? {}),
    limits: upstream.limits === undefined ? undefined : limitsSpec(upstream.limits),
    retry: http?.retry === undefined ? undefined : retrySpec(http.retry),
  });
}

/** gRPC is nothing without HTTP/2; elsewhere what TLS agrees on will do (octelium.md §2.3). */
function protocolOf(mode: ServiceMode, isUpstreamHttp2: boolean): UpstreamProtocol {
  if (mode === 'GRPC') return 'h2';
  return isUpstreamHttp2 ? 'h2-or-h1' : 'h1';
}

/** The older form wins where both are given (octelium.md §2.2). */
function tlsSpec({ tls, clientCertificate }: ServiceConfig): UpstreamTlsSpec {
  const { clientCertificate: own, ...rest } = tls ?? {};
  return defined({
    ...rest,
    trustedCAs: clientCertificate?.trustedCAs ?? rest.trustedCAs,
    clientCertificate: clientCertificate?.fromSecret ?? own?.fromSecret,
  });
}

function limitsSpec({ keepAlive, ...counts }: UpstreamLimits): Partial<UpstreamLimitsSpec> {
  return defined({ ...counts, ...milliseconds({ keepAlive }) });
}

const POLICIES: Readonly<Record<NonNullable<LoadBalance['policy']>, BalancePolicy>> = {
  RANDOM: 'random',
  ROUND_ROBIN: 'round-robin',
  LEAST_REQUEST: 'least-request',
  HASH: 'hash',
};

function balanceSpec(balance: LoadBalance, mode: ServiceMode): BalanceSpec {
  const { endpoints, policy = 'RANDOM', hash, healthCheck, outlier, slowStart } = balance;
  return defined({
    endpoints: endpoints.map(({ url, weight }) => defined({ url, weight })),
    policy: POLICIES[policy],
    hash: hash === undefined ? undefined : hashSource(hash),
    healthCheck: healthCheck === undefined ? undefined : healthCheckSpec(healthCheck, mode),
    outlier: outlier === undefined ? undefined : outlierSpec(outlier),
    slowStart: slowStart === undefined ? undefined : (durationMs(slowStart) ?? undefined),
  });
}

function hashSource({ header, cookie, source }: NonNullable<LoadBalance['hash']>): HashSource {
  if (header !== undefined) return { kind: 'header', name: header };
  if (cookie !== undefined) return { kind: 'cookie', name: cookie };
  return { kind: source === 'USER' ? 'user' : 'client-address' };
}

const CHECK_KINDS = { HTTP: 'http', TCP: 'tcp', GRPC: 'grpc' } as const;

function healthCheckSpec({ type, interval, timeout, ...rest }: HealthCheck, mode: ServiceMode): HealthCheckSpec {
  const implied = mode === 'GRPC' ? 'GRPC' : rest.path === undefined ? 'TCP' : 'HTTP';
  const kind = CHECK_KINDS[type ?? implied];
  return { ...DEFAULT_HEALTH_CHECK, ...rest, ...milliseconds({ interval, timeout }), kind };
}

function outlierSpec(outlier: NonNullable<LoadBalance['outlier']>): OutlierSpec {
  const { ejectionTime, maxEjectionTime, ...rest } = outlier;
  const given = milliseconds({ ejectionTime, maxEjectionTime });
  const [shortest, longest] = range(given.ejectionTime, given.maxEjectionTime, [
    DEFAULT_OUTLIER.ejectionTime,
    DEFAULT_OUTLIER.maxEjectionTime,
  ]);
  return { ...DEFAULT_OUTLIER, ...rest, ejectionTime: shortest, maxEjectionTime: longest };
}

function retrySpec({ initialInterval, maxInterval, maxElapsedTime, ...rest }: RetryRules): RetrySpec {
  const given = milliseconds({ initialInterval, maxInterval });
  const [shortest, longest] = range(given.initialInterval, given.maxInterval, [
    DEFAULT_RETRY.initialInterval,
    DEFAULT_RETRY.maxInterval,
  ]);
  const elapsed = milliseconds({ maxElapsedTime });
  return { ...DEFAULT_RETRY, ...rest, ...elapsed, initialInterval: shortest, maxInterval: longest };
}

/** A bound that is left out gives way to the one that is given. */
function range(
  shortest: number | undefined,
  longest: number | undefined,
  [least, most]: readonly [number, number],
): readonly [number, number] {
  const first = shortest ?? Math.min(least, longest ?? least);
  return [first, longest ?? Math.max(most, first)];
}

/** The durations that are there. The schema has seen to it that they are durations. */
function milliseconds<K extends string>(
  durations: { readonly [P in K]?: Duration | undefined },
): Partial<Record<K, number>> {
  const entries = Object.entries<Duration | undefined>(durations).flatMap(([key, value]) => {
    const ms = value === undefined ? null : durationMs(value);
    return ms === null ? [] : [[key, ms] as const];
  });
  return Object.fromEntries(entries) as Partial<Record<K, number>>;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys that have no value, so that equal specs have equal texts. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
