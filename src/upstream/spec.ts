import { createHash } from 'node:crypto';
import { AppError } from '../base/errors.ts';

/** Where requests go and how, with every default filled in by `createUpstream`. */
export interface UpstreamSpec {
  /** Scheme, host and port of an `http:` or `https:` URL; the rest of it is not used. */
  readonly url: string;
  readonly tls?: UpstreamTlsSpec;
  readonly timeouts?: Partial<UpstreamTimeouts>;
}

export interface UpstreamTlsSpec {
  /** PEM; they replace the system's roots unless `appendToSystemPool`. */
  readonly trustedCAs?: readonly string[];
  readonly appendToSystemPool?: boolean;
  readonly insecureSkipVerify?: boolean;
}

/** Milliseconds. */
export interface UpstreamTimeouts {
  /** Until the connection stands, TLS included. */
  readonly connect: number;
  /** From the end of the request to the head of the answer. */
  readonly firstByte: number;
  /** Between two pieces of the answer. */
  readonly idle: number;
  /** From the first byte sent to the last byte received. */
  readonly total: number;
}

export const DEFAULT_TIMEOUTS: UpstreamTimeouts = {
  connect: 5_000,
  firstByte: 60_000,
  idle: 60_000,
  total: 3_600_000,
};

/** The origin of a spec's URL. @throws AppError `invalid` when it is no http or https URL, or names a user. */
export function originOf(spec: UpstreamSpec): URL {
  const url = URL.canParse(spec.url) ? new URL(spec.url) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AppError('invalid', `"${spec.url}" is not an http or https URL`);
  }
  // The URL is not repeated: what stands before the @ may be a password.
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid', 'an upstream URL may not hold a user name or password');
  }
  return new URL(url.origin);
}

/** Equal for specs that give the same upstream, so that a reload keeps its connections. */
export function upstreamKey(spec: UpstreamSpec): string {
  const { trustedCAs = [], appendToSystemPool = false, insecureSkipVerify = false } = spec.tls ?? {};
  const { connect, firstByte, idle, total } = timeoutsOf(spec);
  const tls = [trustedCAs, appendToSystemPool, insecureSkipVerify];
  const parts = [originOf(spec).origin, tls, connect, firstByte, idle, total];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

export function timeoutsOf(spec: UpstreamSpec): UpstreamTimeouts {
  return { ...DEFAULT_TIMEOUTS, ...spec.timeouts };
}
