import { traceRules } from '../../../policies/explain/rules.ts';
import type { SplitNote } from '../../../policies/split/split.ts';
import type { AskedFor, AskedOf, ExplainRequest, Explanation } from '../../admin/explanation.ts';
import type { CompiledSnapshot } from '../../gateway/snapshot.ts';
import { type AskedRequest, headOf, OWN_PEER } from '../offline/asked-request.ts';
import { type Asker, principalOf } from '../offline/asker.ts';
import { decideKnown, type HasGrant, type OfflineDecision } from '../offline/decisions.ts';

/**
 * Decides about a request that nobody sent, and tells of everything that was looked at.
 *
 * @param now milliseconds since 1970, for a question without a time
 * @param hasGrant who was let in where, at this moment
 * @throws AppError `not-found` for a User, Group or Credential that does not exist, `usage` for what is no request
 */
export async function explain(
  snapshot: CompiledSnapshot,
  question: ExplainRequest,
  now: number,
  hasGrant: HasGrant = () => false,
): Promise<Explanation> {
  const asked = askedRequest(question.request, now);
  const principal = principalOf(snapshot, askerOf(question.asker), asked.time);
  const head = headOf(snapshot, asked);
  const { body = null, time } = asked;
  const decided: OfflineDecision =
    'kind' in head
      ? { service: null, principal, input: null, decision: null, config: null, split: null, refusal: head }
      : await decideKnown(snapshot, { principal, head, body, time, hasGrant });
  return explanationOf(snapshot, asked, head, decided);
}

/** Tells of everything that a decision looked at. */
export function explanationOf(
  snapshot: CompiledSnapshot,
  asked: AskedRequest,
  head: ReturnType<typeof headOf>,
  decided: OfflineDecision,
): Explanation {
  const { principal } = decided;
  return {
    generation: snapshot.generation,
    request: {
      method: asked.method,
      url: 'kind' in head ? asked.url : urlOf(head),
      clientAddress: 'kind' in head ? (asked.clientAddress ?? OWN_PEER) : head.clientAddress,
      time: new Date(asked.time).toISOString(),
    },
    asker: {
      user: principal.user?.metadata.name ?? null,
      groups: principal.groups.map(({ metadata }) => metadata.name),
      sessionType: principal.session?.status.type ?? null,
    },
    ...outcomeOf(decided),
    ...traceOf(decided, asked.time),
  };
}

function urlOf({ scheme, authority, path, query }: Exclude<ReturnType<typeof headOf>, { kind: 'refusal' }>): string {
  return `${scheme}://${authority}${path}${query === '' ? '' : `?${query}`}`;
}

type Outcome = Pick<Explanation, 'service' | 'effect' | 'reason' | 'detail' | 'decision'>;

function outcomeOf({ service, decision, refusal }: OfflineDecision): Outcome {
  return {
    service: service?.name ?? null,
    effect: refusal === null ? 'allow' : 'deny',
    reason: refusal?.reason ?? decision?.reason ?? 'internal-error',
    detail: refusal?.detail ?? null,
    decision,
  };
}

type Trace = Pick<Explanation, 'checks' | 'rules' | 'shadow' | 'config'>;

function traceOf({ service, principal, input, decision }: OfflineDecision, time: number): Trace {
  if (service === null || input === null) return { checks: [], rules: null, shadow: null, config: null };
  const { checks, list } = service.authorizer.basis?.(principal, time) ?? { checks: [], list: null };
  const rules = list === null ? null : traceRules(list, input);
  // goes on with what the decision has left, so before the shadow policies
  const config = decision?.effect === 'allow' ? configOf(service, input) : null;
  const shadow = list?.shadow ?? null;
  return { checks, rules, shadow: shadow === null ? null : traceRules(shadow, input), config };
}

function configOf({ selector }: NonNullable<OfflineDecision['service']>, input: NonNullable<OfflineDecision['input']>) {
  const { selection, rules } = selector.trace?.(input) ?? { selection: selector.select(input), rules: [] };
  if (selection.kind !== 'selected') return { name: null, rules, split: null };
  return { name: selection.config.name, rules, split: shownSplit(selection.split) };
}

function shownSplit(note: SplitNote | undefined): NonNullable<Explanation['config']>['split'] {
  if (note === undefined) return null;
  const { shares, stickyBy, isDrawn } = note;
  return { shares, stickyBy, isDrawn };
}

export function askerOf({ user, groups, sessionType, credential, aal }: AskedFor): Asker {
  return {
    user,
    ...(groups === undefined ? {} : { groups }),
    session: {
      ...(sessionType === undefined ? {} : { type: sessionType }),
      ...(credential === undefined ? {} : { credential }),
      ...(aal === undefined ? {} : { aal }),
    },
  };
}

/** @param now milliseconds since 1970 */
export function askedRequest({ method, url, headers, body, clientAddress, time }: AskedOf, now: number): AskedRequest {
  return {
    method,
    url,
    headers,
    body: body === null ? null : Buffer.from(body, 'base64'),
    ...(clientAddress === null ? {} : { clientAddress }),
    time: time ?? now,
  };
}
