import { ACCESS_GRANT } from '../../../policies/access-grant.ts';
import type { RecordedRequest, Verdict } from '../../admin/decision-api.ts';
import { LIMITS } from '../../telemetry/access-entry.ts';

/** What one line of an access log says about a decision. */
export type RecordedLine =
  | {
      readonly ok: true;
      readonly request: RecordedRequest;
      readonly verdict: Verdict;
      /** What was decided in time. */
      readonly shadow: readonly { readonly policy: string; readonly would: Verdict['effect'] }[];
    }
  /** Why there is nothing to decide again; `isForeign`: it is none of our lines. */
  | { readonly ok: false; readonly isForeign: boolean; readonly why: string };

type Fields = Readonly<Record<string, unknown>>;

const NOT_A_LINE: RecordedLine = { ok: false, isForeign: true, why: 'the line is no line of an access log' };
const CUT = nothingToDecide('the path is longer than the log has it');

/** The session alone decided, and of it the log has no more than the name. */
const OF_SESSION: ReadonlySet<string> = new Set([
  'session-not-active',
  'session-expired',
  'session-client-type',
  'scope-insufficient',
]);

export function readRecordedLine(line: string): RecordedLine {
  const entry = fieldsOf(line);
  if (entry === null) return NOT_A_LINE;
  const verdict = verdictOf(entry);
  if (verdict === null) return noDecision(entry);
  if (OF_SESSION.has(verdict.reason)) return nothingToDecide(`the session decided alone (${verdict.reason})`);
  if (verdict.policy === ACCESS_GRANT) return nothingToDecide('an approver had let the user in');
  const request = requestOf(entry);
  if (request === null) return NOT_A_LINE;
  return request.path.length > LIMITS.path ? CUT : { ok: true, request, verdict, shadow: shadowOf(entry) };
}

function nothingToDecide(why: string): RecordedLine {
  return { ok: false, isForeign: false, why };
}

function fieldsOf(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function noDecision({ requestId, reason }: Fields): RecordedLine {
  if (typeof requestId !== 'string') return NOT_A_LINE;
  return nothingToDecide(`no policy was asked (${word(reason) ?? 'an address of the gateway'})`);
}

/** A reason is a word of ours; whatever else a file has there is not repeated. */
function word(reason: unknown): string | null {
  return typeof reason === 'string' && /^[a-z0-9-]{1,64}$/.test(reason) ? reason : null;
}

function verdictOf({ decision }: Fields): Verdict | null {
  if (!isFields(decision)) return null;
  const { effect, policy, rule } = decision;
  const reason = word(decision.reason);
  if ((effect !== 'allow' && effect !== 'deny') || reason === null) return null;
  return { effect, reason, policy: textOrNull(policy), rule: textOrNull(rule) };
}

function shadowOf({ shadow }: Fields): (RecordedLine & { readonly ok: true })['shadow'] {
  if (!Array.isArray(shadow)) return [];
  return shadow.filter(isFields).flatMap(({ policy, would }) => {
    const isVerdict = typeof policy === 'string' && (would === 'allow' || would === 'deny');
    return isVerdict ? [{ policy, would }] : [];
  });
}

function requestOf(entry: Fields): RecordedRequest | null {
  const { service, method, host, path, clientAddress } = entry;
  const time = typeof entry.time === 'string' ? Date.parse(entry.time) : Number.NaN;
  if (Number.isNaN(time) || typeof service !== 'string' || typeof method !== 'string') return null;
  if (typeof host !== 'string' || typeof path !== 'string' || typeof clientAddress !== 'string') return null;
  return {
    time,
    service,
    user: textOrNull(entry.user),
    credential: textOrNull(entry.credential),
    method,
    host,
    path,
    queryLength: typeof entry.queryLength === 'number' ? entry.queryLength : 0,
    httpVersion: textOrNull(entry.httpVersion) ?? '1.1',
    clientAddress,
    hasNoBody: hasNoBody(entry),
  };
}

const WITHOUT_BODY: ReadonlySet<unknown> = new Set(['GET', 'HEAD']);

/** Of a request that was denied, nobody may have read the body that it had. A tunnel is read as none, empty or not. */
function hasNoBody({ bytesReceived, method, status, decision }: Fields): boolean {
  if (bytesReceived !== 0 || status === 101) return false;
  return WITHOUT_BODY.has(method) || (isFields(decision) && decision.effect === 'allow');
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
