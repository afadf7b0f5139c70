import type { Principal } from '../../identity/principal.ts';
import type { Decision, ShadowVerdict } from '../../policies/decision.ts';
import type { Clock } from '../base/clock.ts';
import type { Exchange, GrpcCall, LoggedContent, RequestHead } from '../gateway/exchange.ts';
import type { UnparsedRequest } from '../gateway/kernel.ts';
import { REASONS } from '../gateway/reasons.ts';
import type { CompiledConfig } from '../gateway/snapshot.ts';
import { LIMITS } from './access-entry.ts';
import { jsonObject, jsonText } from './json-text.ts';

/**
 * An `AccessEntry` as one line of JSON with its line feed. Put together by hand: an object and `JSON.stringify` for
 * each exchange cost several times as much. What is written without `jsonText` is a number or a word of ours, and what
 * belongs to an object that many exchanges share is spelled once for each of these objects.
 */
export function accessLine(x: Exchange, clock: Clock): string {
  const { request, timings, config, service } = x;
  const time = clock.now() - (timings.settled - timings.accepted);
  const target = config === null ? targetText(service?.name ?? null, null) : targetOf(config, service?.name ?? null);
  return `${beginning(time)}"${x.id}"\
,"clientAddress":${jsonText(request.clientAddress, LIMITS.clientAddress)}\
,"method":${jsonText(request.method, LIMITS.method)}\
,"host":${jsonText(request.host, LIMITS.host)}\
,"path":${jsonText(request.path, LIMITS.path)}\
${outcomeOf(x)}${decisionOf(x.decision)}${target.place}${callerOf(x.principal)}${target.upstream}\
,"upstreamAddress":${jsonText(x.upstreamAddress, LIMITS.upstream)}\
,"durationMs":${milliseconds(timings.accepted, timings.settled)}\
,"upstreamMs":${milliseconds(timings.upstreamStarted, timings.upstreamAnswered)}\
,"bytesReceived":${x.bytesReceived},"bytesSent":${x.bytesSent}\
${x.aborted ? ABORTED : NOT_ABORTED}${jsonText(request.headers.get('user-agent'), LIMITS.userAgent)}\
,"generation":${x.snapshot.generation}${x.grpc === null ? '' : grpcFields(x.grpc)}\
${x.logged === null ? '' : contentFields(x.logged)}\
${x.decision?.shadow === undefined ? '}\n' : shadowEnd(x.decision.shadow)}`;
}

const ABORTED = ',"aborted":true,"userAgent":';
const NOT_ABORTED = ',"aborted":false,"userAgent":';

/** Bounded by who put it there. */
function contentFields(content: LoggedContent): string {
  const fields = jsonObject(content).slice(1, -1);
  return fields === '' ? '' : `,${fields}`;
}

/** A call's names are identifiers, but as long as a path may be. */
function grpcFields({ serviceFullName, method, status }: GrpcCall): string {
  const service = jsonText(serviceFullName, LIMITS.name);
  return `,"grpcService":${service},"grpcMethod":${jsonText(method, LIMITS.name)},"grpcStatus":${status}`;
}

function shadowEnd(verdicts: readonly ShadowVerdict[]): string {
  const items = verdicts.map(({ policy, would }) => `{"policy":${jsonText(policy, LIMITS.name)},"would":"${would}"}`);
  return `,"shadow":[${items.join(',')}]}\n`;
}

/** The line of a request whose head could not be read: the same fields, most of them unknown. */
export function unparsedLine(request: UnparsedRequest, clock: Clock): string {
  return `${beginning(clock.now())}${jsonText(request.id, LIMITS.name)}\
,"clientAddress":${jsonText(request.clientAddress, LIMITS.clientAddress)}\
,"method":null,"host":null,"path":null,"queryLength":null,"httpVersion":null\
,"status":${request.status},"reason":${word(request.reason)}\
,"detail":${jsonText(request.detail, LIMITS.detail)}\
,"decision":null,"service":null,"config":null,"user":null,"session":null,"credential":null,"upstream":null,"upstreamAddress":null\
,"durationMs":null,"upstreamMs":null,"bytesReceived":0,"bytesSent":0,"aborted":false\
,"userAgent":null,"generation":null}\n`;
}

let lastMillisecond = Number.NaN;
let lastBeginning = '';

/** Up to the request id; milliseconds since 1970 as RFC 3339 in UTC. Busy moments share a millisecond. */
function beginning(time: number): string {
  const millisecond = Math.floor(time);
  if (millisecond !== lastMillisecond) {
    lastMillisecond = millisecond;
    lastBeginning = `{"time":"${new Date(millisecond).toISOString()}","requestId":`;
  }
  return lastBeginning;
}

/** Of requests without a query that were not refused, by status: the one outcome of most. */
const usualOutcomes: Readonly<Record<RequestHead['httpVersion'], string[]>> = { '1.0': [], '1.1': [], '2': [] };

/** From `queryLength` to `detail`. */
function outcomeOf(x: Exchange): string {
  const { request, refusal, decision, response } = x;
  const detail = refusal?.detail ?? decision?.detail ?? null;
  const status = response?.status ?? (refusal === null ? null : REASONS[refusal.reason].status);
  if (status === null || refusal !== null || detail !== null || request.query !== '') {
    return outcomeText(request, status, refusal?.reason, detail);
  }
  const usual = usualOutcomes[request.httpVersion];
  usual[status] ??= outcomeText(request, status, undefined, null);
  return usual[status];
}

function outcomeText(
  { query, httpVersion }: RequestHead,
  status: number | null,
  reason: string | undefined,
  detail: string | null,
) {
  return `,"queryLength":${query.length},"httpVersion":"${httpVersion}","status":${status}\
,"reason":${word(reason)},"detail":${jsonText(detail, LIMITS.detail)},"decision":`;
}

/** The Service and config of an exchange, and where it was to go. */
interface TargetText {
  readonly serviceName: string | null;
  readonly place: string;
  readonly upstream: string;
}

const targets = new WeakMap<CompiledConfig, TargetText>();
const callers = new WeakMap<Principal, string>();
const decisions = new WeakMap<Decision, string>();

function targetOf(config: CompiledConfig, serviceName: string | null): TargetText {
  const known = targets.get(config);
  if (known !== undefined && known.serviceName === serviceName) return known;
  const text = targetText(serviceName, config);
  targets.set(config, text);
  return text;
}

function targetText(serviceName: string | null, config: CompiledConfig | null): TargetText {
  const service = jsonText(serviceName, LIMITS.name);
  return {
    serviceName,
    place: `,"service":${service},"config":${jsonText(config?.name ?? null, LIMITS.name)}`,
    upstream: `,"upstream":${jsonText(config?.upstream?.name ?? null, LIMITS.upstream)}`,
  };
}

function callerOf(principal: Principal | null): string {
  if (principal === null) return ',"user":null,"session":null,"credential":null';
  return callers.get(principal) ?? learn(callers, principal, callerText(principal));
}

function callerText({ user, session }: Principal): string {
  const name = jsonText(user?.metadata.name ?? null, LIMITS.name);
  const credential = jsonText(session?.status.credentialRef?.name ?? null, LIMITS.name);
  return `,"user":${name},"session":${jsonText(session?.metadata.name ?? null, LIMITS.name)},"credential":${credential}`;
}

function decisionOf(made: Decision | null): string {
  if (made === null) return 'null';
  return decisions.get(made) ?? learn(decisions, made, decisionText(made));
}

function decisionText(made: Decision): string {
  const policy = jsonText(made.policy, LIMITS.name);
  const rule = jsonText(made.rule, LIMITS.name);
  return `{"effect":"${made.effect}","reason":"${made.reason}","policy":${policy},"rule":${rule}}`;
}

function learn<K extends object>(texts: WeakMap<K, string>, key: K, text: string): string {
  texts.set(key, text);
  return text;
}

function word(value: string | undefined): string {
  return value === undefined ? 'null' : `"${value}"`;
}

/** `.000` to `.999` */
const THOUSANDTHS = Array.from({ length: 1000 }, (_, i) => `.${String(i).padStart(3, '0')}`);

/** 0 stands for "did not happen" in `Timings`. */
function milliseconds(from: number, to: number): string {
  if (from === 0 || to === 0) return 'null';
  const micros = Math.round((to - from) * 1000);
  return `${Math.floor(micros / 1000)}${THOUSANDTHS[micros % 1000]}`;
}
