import type { Decision } from '../../../policies/decision.ts';
import type { SplitNote } from '../../../policies/split/split.ts';
import type { Reason } from '../../gateway/reasons.ts';
import type { OfflineDecision } from '../offline/decisions.ts';
import { isOfflineOnly } from '../opa/offline-supply.ts';
import type { Expect } from './schema.ts';

/** What became of a request that was tried. */
export interface Tried {
  readonly decided: OfflineDecision;
  /** With the shadow policies enforced; `null` when there are none. */
  readonly shadow: Decision | null;
}

/** What became of a request, in the words of `expect`. */
interface Came {
  readonly decision: 'allow' | 'deny';
  readonly reason: string;
  readonly policy: string | null;
  readonly rule: string | null;
  readonly config: string | null;
  readonly shadow: 'allow' | 'deny';
  readonly detail: string | null;
}

/** Refusals that are decisions about the one who asks. Others have nothing to do with policies. */
const DECIDED: ReadonlySet<string> = new Set<Reason>([
  'unauthenticated',
  'session-not-active',
  'session-expired',
  'user-disabled',
  'session-client-type',
  'scope-insufficient',
  'policy-denied',
  'no-policy-match',
  'policy-error',
  'policy-cost',
]);

/** What is not as expected; empty when all of it is. */
export function judge(expect: Expect, { decided, shadow }: Tried): string[] {
  const came = cameOf(decided, shadow);
  const wrong = KEYS.filter((key) => expect[key] !== undefined && expect[key] !== came[key]);
  const expected = wrong.map((key) => `${key} ${expect[key]}`).join(', ');
  if (wrong.length > 0) return [`expected ${expected}; it was ${description(came)}`];
  if (isElsewhere(expect, came)) return [elsewhere(came)];
  return isOpen(expect, decided.decision, shadow) ? [open(came)] : [];
}

const KEYS = ['decision', 'reason', 'policy', 'rule', 'config', 'shadow'] as const;

function cameOf({ decision, config, split, refusal }: OfflineDecision, shadow: Decision | null): Came {
  const outcome = refusal === null ? 'allow' : 'deny';
  return {
    decision: outcome,
    shadow: shadow?.effect ?? outcome,
    reason: refusal?.reason ?? decision?.reason ?? 'anonymous',
    policy: decision?.policy ?? null,
    rule: decision?.rule ?? null,
    config: split?.isDrawn === true ? drawnAmong(split) : (config?.name ?? null),
    detail: refusal?.detail ?? null,
  };
}

/** Of a split that nothing of the request decides, no test may expect one of them. */
function drawnAmong({ shares }: SplitNote): string {
  return `drawn among ${shares.map(({ name }) => name).join(', ')}`;
}

/** A test that wants a denial must not pass because the host is misspelt. */
function isElsewhere(expect: Expect, { decision, reason }: Came): boolean {
  return expect.reason === undefined && decision === 'deny' && !DECIDED.has(reason);
}

function elsewhere(came: Came): string {
  return `no policy decided: it was ${description(came)}; when that is meant, expect {reason: ${came.reason}}`;
}

/** Nor because what decides in a gateway is not there where tests run. */
function isOpen({ reason, shadow: expected }: Expect, decision: Decision | null, shadow: Decision | null): boolean {
  const decisions = expected === undefined ? [decision] : [decision, shadow];
  return (
    reason === undefined && decisions.some((one) => one?.reason === 'policy-error' && isOfflineOnly(one.detail ?? ''))
  );
}

function open(came: Came): string {
  return `what a gateway decides is not known here: it was ${description(came)}; when that is meant, expect {reason: ${came.reason}}`;
}

function description({ decision, reason, policy, rule, config, detail, shadow }: Came): string {
  const by = policy === null ? '' : `, by policy ${policy}${rule === null ? '' : `, rule ${rule}`}`;
  const chosen = config === null ? '' : `, config ${config}`;
  const would = shadow === decision ? '' : `, with shadow policies enforced ${shadow}`;
  return `${decision} (${reason}${detail === null ? '' : `: ${detail}`})${by}${chosen}${would}`;
}
