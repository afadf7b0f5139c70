import type { Reason } from '../reasons.ts';

/** The status codes of gRPC that a gateway gives. */
export const GRPC = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What a refusal means to a gRPC caller. */
export const STATUS_OF_REASON: Readonly<Record<Reason, number>> = {
  'bad-request': GRPC.internal,
  'bad-path': GRPC.unimplemented,
  'bad-host': GRPC.internal,
  'bad-header': GRPC.internal,
  'client-gone': GRPC.cancelled,
  'bad-body': GRPC.invalidArgument,
  'bad-parameter': GRPC.invalidArgument,
  'not-described': GRPC.unimplemented,
  'body-too-large': GRPC.resourceExhausted,
  'body-too-slow': GRPC.deadlineExceeded,
  'method-refused': GRPC.unimplemented,
  'upgrade-refused': GRPC.unimplemented,
  'authority-mismatch': GRPC.internal,
  'grpc-path': GRPC.unimplemented,
  'grpc-protocol': GRPC.unimplemented,
  'origin-refused': GRPC.permissionDenied,
  'rate-limited': GRPC.resourceExhausted,
  'quota-exhausted': GRPC.resourceExhausted,
  'limit-unavailable': GRPC.unavailable,
  'no-route': GRPC.unimplemented,
  'service-broken': GRPC.unavailable,
  'service-disabled': GRPC.unavailable,
  unauthenticated: GRPC.unauthenticated,
  'session-unknown': GRPC.unauthenticated,
  'session-expired': GRPC.unauthenticated,
  'token-invalid': GRPC.unauthenticated,
  'credentials-invalid': GRPC.unauthenticated,
  'too-many-attempts': GRPC.resourceExhausted,
  'identity-unavailable': GRPC.unavailable,
  'sign-in-failed': GRPC.permissionDenied,
  'grant-refused': GRPC.permissionDenied,
  'insecure-origin': GRPC.permissionDenied,
  'address-refused': GRPC.permissionDenied,
  'user-agent-refused': GRPC.permissionDenied,
  'session-not-active': GRPC.permissionDenied,
  'user-disabled': GRPC.permissionDenied,
  'session-client-type': GRPC.permissionDenied,
  'scope-insufficient': GRPC.permissionDenied,
  'authenticator-authentication-required': GRPC.permissionDenied,
  'authenticator-registration-required': GRPC.permissionDenied,
  'step-up-required': GRPC.unauthenticated,
  'policy-denied': GRPC.permissionDenied,
  'no-policy-match': GRPC.permissionDenied,
  'policy-error': GRPC.permissionDenied,
  'policy-cost': GRPC.permissionDenied,
  'authorization-denied': GRPC.permissionDenied,
  'authorization-unavailable': GRPC.unavailable,
  'no-config': GRPC.internal,
  'config-error': GRPC.internal,
  'plugin-error': GRPC.internal,
  'processor-refused': GRPC.permissionDenied,
  'processor-unavailable': GRPC.unavailable,
  'processor-timeout': GRPC.deadlineExceeded,
  'rewrite-refused': GRPC.unimplemented,
  'redirect-refused': GRPC.unimplemented,
  'referrer-refused': GRPC.permissionDenied,
  maintenance: GRPC.unavailable,
  'fault-injected': GRPC.unavailable,
  'credential-unavailable': GRPC.unavailable,
  'upstream-unreachable': GRPC.unavailable,
  'upstream-invalid': GRPC.internal,
  'upstream-timeout': GRPC.deadlineExceeded,
  'upstream-busy': GRPC.unavailable,
  'upstream-unhealthy': GRPC.unavailable,
  overloaded: GRPC.unavailable,
  'shutting-down': GRPC.unavailable,
  'internal-error': GRPC.internal,
};

/** gRPC over HTTP/2, "HTTP2 Transport Mapping", errors. */
const STATUS_OF_RESET: ReadonlyMap<number, number> = new Map([
  [0x0, GRPC.internal],
  [0x1, GRPC.internal],
  [0x2, GRPC.internal],
  [0x3, GRPC.internal],
  [0x4, GRPC.internal],
  [0x6, GRPC.internal],
  [0x7, GRPC.unavailable],
  [0x8, GRPC.cancelled],
  [0x9, GRPC.internal],
  [0xa, GRPC.internal],
  [0xb, GRPC.resourceExhausted],
  [0xc, GRPC.permissionDenied],
]);

/** What the reset of an upstream means; `code` is that of HTTP/2 (RFC 9113 7). */
export function statusOfReset(code: number): number {
  return STATUS_OF_RESET.get(code) ?? GRPC.unknown;
}

/** "HTTP to gRPC Status Code Mapping": what an answer means that is not gRPC. */
const STATUS_OF_HTTP: ReadonlyMap<number, number> = new Map([
  [400, GRPC.internal],
  [401, GRPC.unauthenticated],
  [403, GRPC.permissionDenied],
  [404, GRPC.unimplemented],
  [429, GRPC.unavailable],
  [502, GRPC.unavailable],
  [503, GRPC.unavailable],
  [504, GRPC.unavailable],
]);

export function statusOfHttp(status: number): number {
  return STATUS_OF_HTTP.get(status) ?? GRPC.unknown;
}

/** The value of a `grpc-status` field; UNKNOWN when there is none or it is no number. */
export function readStatus(value: string | null): number {
  if (value === null || value.length === 0 || value.length > 4) return GRPC.unknown;
  let status = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return GRPC.unknown;
    status = status * 10 + digit;
  }
  return status;
}
