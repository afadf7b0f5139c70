import type { Decision } from '../../policies/decision.ts';
import type { Clock } from '../base/clock.ts';
import type { Exchange, GrpcCall } from '../gateway/exchange.ts';
import type { UnparsedRequest } from '../gateway/kernel.ts';
import { REASONS } from '../gateway/reasons.ts';
import { LIMITS } from './access-entry.ts';
import { jsonText } from './json-text.ts';
import { rfc3339 } from './rfc3339.ts';

/**
 * An `AccessEntry` as one line of JSON with its line feed. Put together by hand: an object and `JSON.stringify` for
 * each exchange cost several times as much. What is written without `jsonText` is a number or a word of ours.
 */
export function accessLine(x: Exchange, clock: Clock): string {
  const { request, timings, principal, config, refusal } = x;
  const status = x.response?.status ?? (refusal === null ? null : REASONS[refusal.reason].status);
  const time = clock.now() - (timings.settled - timings.accepted);
  return `{"time":"${rfc3339(time)}","requestId":${jsonText(x.id, LIMITS.name)}\
,"clientAddress":${jsonText(request.clientAddress, LIMITS.clientAddress)}\
,"method":${jsonText(request.method, LIMITS.method)}\
,"host":${jsonText(request.host, LIMITS.host)}\
,"path":${jsonText(request.path, LIMITS.path)}\
,"queryLength":${request.query.length}\
,"httpVersion":"${request.httpVersion}"\
,"status":${status}\
,"reason":${word(refusal?.reason)}\
,"detail":${jsonText(refusal?.detail ?? x.decision?.detail ?? null, LIMITS.detail)}\
,"decision":${decision(x.decision)}\
,"service":${jsonText(x.service?.name ?? null, LIMITS.name)}\
,"config":${jsonText(config?.name ?? null, LIMITS.name)}\
,"user":${jsonText(principal?.user?.metadata.name ?? null, LIMITS.name)}\
,"session":${jsonText(principal?.session?.metadata.name ?? null, LIMITS.name)}\
,"upstream":${jsonText(config?.upstream?.name ?? null, LIMITS.upstream)}\
,"upstreamAddress":${jsonText(x.upstreamAddress, LIMITS.upstream)}\
,"durationMs":${milliseconds(timings.accepted, timings.settled)}\
,"upstreamMs":${milliseconds(timings.upstreamStarted, timings.upstreamAnswered)}\
,"bytesReceived":${x.bytesReceived},"bytesSent":${x.bytesSent},"aborted":${x.aborted}\
,"userAgent":${jsonText(request.headers.get('user-agent'), LIMITS.userAgent)}\
,"generation":${x.snapshot.generation}${x.grpc === null ? '' : grpcFields(x.grpc)}}\n`;
}

/** A call's names are identifiers, but as long as a path may be. */
function grpcFields({ serviceFullName, method, status }: GrpcCall): string {
  const service = jsonText(serviceFullName, LIMITS.name);
  return `,"grpcService":${service},"grpcMethod":${jsonText(method, LIMITS.name)},"grpcStatus":${status}`;
}

/** The line of a request whose head could not be read: the same fields, most of them unknown. */
export function unparsedLine(request: UnparsedRequest, clock: Clock): string {
  return `{"time":"${rfc3339(clock.now())}","requestId":${jsonText(request.id, LIMITS.name)}\
,"clientAddress":${jsonText(request.clientAddress, LIMITS.clientAddress)}\
,"method":null,"host":null,"path":null,"queryLength":null,"httpVersion":null\
,"status":${request.status},"reason":${word(request.reason)}\
,"detail":${jsonText(request.detail, LIMITS.detail)}\
,"decision":null,"service":null,"config":null,"user":null,"session":null,"upstream":null,"upstreamAddress":null\
,"durationMs":null,"upstreamMs":null,"bytesReceived":0,"bytesSent":0,"aborted":false\
,"userAgent":null,"generation":null}\n`;
}

function decision(made: Decision | null): string {
  if (made === null) return 'null';
  const policy = jsonText(made.policy, LIMITS.name);
  const rule = jsonText(made.rule, LIMITS.name);
  return `{"effect":"${made.effect}","reason":"${made.reason}","policy":${policy},"rule":${rule}}`;
}

function word(value: string | undefined): string {
  return value === undefined ? 'null' : `"${value}"`;
}

/** 0 stands for "did not happen" in `Timings`. */
function milliseconds(from: number, to: number): string {
  return from === 0 || to === 0 ? 'null' : String(Math.round((to - from) * 1000) / 1000);
}
