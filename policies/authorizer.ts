import type { IdentifiedPrincipal, Principal } from '../identity/principal.ts';
import { Lru } from '../src/base/lru.ts';
import type { Device, Group, Session, User } from '../src/model/index.ts';
import type { Attachment, PolicyOwner } from './attachment.ts';
import { checkPrincipal, type ServiceFacts, traceChecks } from './checks.ts';
import { type RuleList, ruleList } from './decide.ts';
import type { Authorizer, Decision, DecisionBasis } from './decision.ts';
import type { PolicyInput } from './input.ts';
import type { Reduction } from './reduction.ts';
import { decideBesideShadow } from './shadow.ts';

/** Users whose sorted rules are kept, for each Service; and sessions with policies of their own, for each user. */
const USERS = 1000;
const SESSIONS_OF_USER = 64;

const ANONYMOUS: Decision = { effect: 'allow', reason: 'anonymous', policy: null, rule: null, detail: null };

const NO_SESSION: Decision = {
  effect: 'deny',
  reason: 'session-not-active',
  policy: null,
  rule: null,
  detail: 'the request has no session',
};

/** A plain anonymous Service: nobody is identified and nothing is asked. */
export const anonymousAuthorizer: Authorizer = { authorize: () => ANONYMOUS };

/** What is the same for everybody who asks for a Service. */
export interface ServiceSide {
  readonly reduction: Reduction;
  /** What is attached to the Service and its Namespace: first in the order of collection. */
  readonly before: readonly Attachment[];
  /** To the ClusterConfig: last. */
  readonly after: readonly Attachment[];
}

/** An anonymous Service with policies: only the Service's side counts, whoever asks. */
export function anonymousPolicyAuthorizer(side: ServiceSide): Authorizer {
  const { whole, deciding } = merge([...side.before, ...side.after], side.reduction);
  return {
    authorize: (_, input) => decideBesideShadow(deciding, input),
    basis: () => ({ checks: [], list: whole, deciding }),
  };
}

/** The rules for one principal at one Service. */
interface Rules {
  /** All of them, for explanations. */
  readonly whole: RuleList;
  /** Those that can make a difference: the decision is the same. */
  readonly deciding: RuleList;
}

interface UserRules {
  readonly groups: readonly Group[];
  readonly rules: Rules;
  readonly ofSessions: Lru<string, Rules>;
}

/**
 * A Service that asks who somebody is. The rules of a principal are collected and sorted once; those of everybody who
 * brings no policies along, as most do, are the same.
 */
export class PrincipalAuthorizer implements Authorizer {
  readonly #side: ServiceSide;
  readonly #facts: ServiceFacts;
  readonly #attach: (owner: PolicyOwner) => Attachment;
  readonly #users = new Lru<User, UserRules>(USERS);
  #common: Rules | null = null;

  constructor(side: ServiceSide, facts: ServiceFacts, attach: (owner: PolicyOwner) => Attachment) {
    this.#side = side;
    this.#facts = facts;
    this.#attach = attach;
  }

  authorize(principal: Principal, input: PolicyInput): Decision {
    if (principal.kind === 'anonymous') return NO_SESSION;
    const refusal = checkPrincipal(principal, this.#facts, input.time);
    return refusal ?? decideBesideShadow(this.#rulesOf(principal).deciding, input);
  }

  basis(principal: Principal, time: number): DecisionBasis {
    if (principal.kind === 'anonymous') return { checks: [], list: null, deciding: null };
    const checks = traceChecks(principal, this.#facts, time);
    if (!checks.every(({ holds }) => holds)) return { checks, list: null, deciding: null };
    const { whole, deciding } = this.#rulesOf(principal);
    return { checks, list: whole, deciding };
  }

  #rulesOf(principal: IdentifiedPrincipal): Rules {
    const { session, device } = principal;
    if (bringsNothing(principal)) return this.#commonRules();
    const known = this.#userRulesOf(principal);
    if (session.spec.authorization === undefined && device?.spec.authorization === undefined) return known.rules;
    const key = sessionKey(session, device);
    const rules =
      known.ofSessions.get(key) ?? this.#collect(principal, [session, ...(device === null ? [] : [device])]);
    known.ofSessions.set(key, rules);
    return rules;
  }

  #commonRules(): Rules {
    const { before, after, reduction } = this.#side;
    this.#common ??= merge([...before, ...after], reduction);
    return this.#common;
  }

  #userRulesOf(principal: IdentifiedPrincipal): UserRules {
    const known = this.#users.get(principal.user);
    if (known !== undefined && known.groups === principal.groups) return known;
    const rules = this.#collect(principal, []);
    const fresh: UserRules = { groups: principal.groups, rules, ofSessions: new Lru(SESSIONS_OF_USER) };
    this.#users.set(principal.user, fresh);
    return fresh;
  }

  #collect({ user, groups }: IdentifiedPrincipal, rest: readonly PolicyOwner[]): Rules {
    const owners: PolicyOwner[] = [user, ...groups, ...rest];
    const { before, after, reduction } = this.#side;
    return merge([...before, ...owners.map(this.#attach), ...after], reduction);
  }
}

function bringsNothing({ user, groups, session, device }: IdentifiedPrincipal): boolean {
  if (user.spec.authorization !== undefined || session.spec.authorization !== undefined) return false;
  return device?.spec.authorization === undefined && groups.every(attachesNothing);
}

function attachesNothing({ spec }: Group): boolean {
  return spec.authorization === undefined;
}

/** Sessions are read from the store again and again: the text tells whether it is the same one. */
function sessionKey(session: Session, device: Device | null): string {
  return JSON.stringify([
    session.metadata.uid,
    session.spec.authorization,
    device?.metadata.uid,
    device?.spec.authorization,
  ]);
}

/** A policy that is attached in several places is used once. */
function merge(attachments: readonly Attachment[], reduction: Reduction): Rules {
  const policies = new Set(attachments.flatMap((attachment) => attachment.policies));
  const broken = attachments.find((attachment) => attachment.broken !== null)?.broken ?? null;
  const whole = ruleList([...policies], broken);
  return { whole, deciding: reduction.reduce(whole) };
}
