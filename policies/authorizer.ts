import type { IdentifiedPrincipal, Principal } from '../identity/principal.ts';
import { Lru } from '../src/base/lru.ts';
import type { Device, Group, Session, User } from '../src/model/index.ts';
import type { Attachment, PolicyOwner } from './attachment.ts';
import { checkPrincipal, type ServiceFacts, traceChecks } from './checks.ts';
import { type RuleList, ruleList } from './decide.ts';
import type { Authorizer, Decision, DecisionBasis } from './decision.ts';
import type { PolicyInput } from './input.ts';
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

/** Attachments of the Service's side, in their places in the order of collection. */
export interface ServiceSide {
  /** Service, Namespace. */
  readonly before: readonly Attachment[];
  /** ClusterConfig. */
  readonly after: readonly Attachment[];
}

/** An anonymous Service with policies: only the Service's side counts, whoever asks. */
export function anonymousPolicyAuthorizer(side: ServiceSide): Authorizer {
  const list = merge([...side.before, ...side.after]);
  return {
    authorize: (_, input) => decideBesideShadow(list, input),
    basis: () => ({ checks: [], list }),
  };
}

interface UserRules {
  readonly groups: readonly Group[];
  readonly list: RuleList;
  readonly ofSessions: Lru<string, RuleList>;
}

/** A Service that asks who somebody is. The rules of a principal are collected and sorted once. */
export class PrincipalAuthorizer implements Authorizer {
  readonly #side: ServiceSide;
  readonly #facts: ServiceFacts;
  readonly #attach: (owner: PolicyOwner) => Attachment;
  readonly #users = new Lru<User, UserRules>(USERS);

  constructor(side: ServiceSide, facts: ServiceFacts, attach: (owner: PolicyOwner) => Attachment) {
    this.#side = side;
    this.#facts = facts;
    this.#attach = attach;
  }

  authorize(principal: Principal, input: PolicyInput): Decision {
    if (principal.kind === 'anonymous') return NO_SESSION;
    return checkPrincipal(principal, this.#facts, input.time) ?? decideBesideShadow(this.#listOf(principal), input);
  }

  basis(principal: Principal, time: number): DecisionBasis {
    if (principal.kind === 'anonymous') return { checks: [], list: null };
    const checks = traceChecks(principal, this.#facts, time);
    return { checks, list: checks.every(({ holds }) => holds) ? this.#listOf(principal) : null };
  }

  #listOf(principal: IdentifiedPrincipal): RuleList {
    const { session, device } = principal;
    const known = this.#rulesOf(principal);
    if (session.spec.authorization === undefined && device?.spec.authorization === undefined) return known.list;
    const key = sessionKey(session, device);
    const list = known.ofSessions.get(key) ?? this.#collect(principal, [session, ...(device === null ? [] : [device])]);
    known.ofSessions.set(key, list);
    return list;
  }

  #rulesOf(principal: IdentifiedPrincipal): UserRules {
    const known = this.#users.get(principal.user);
    if (known !== undefined && known.groups === principal.groups) return known;
    const list = this.#collect(principal, []);
    const fresh: UserRules = { groups: principal.groups, list, ofSessions: new Lru(SESSIONS_OF_USER) };
    this.#users.set(principal.user, fresh);
    return fresh;
  }

  #collect({ user, groups }: IdentifiedPrincipal, rest: readonly PolicyOwner[]): RuleList {
    const owners: PolicyOwner[] = [user, ...groups, ...rest];
    return merge([...this.#side.before, ...owners.map(this.#attach), ...this.#side.after]);
  }
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
function merge(attachments: readonly Attachment[]): RuleList {
  const policies = new Set(attachments.flatMap((attachment) => attachment.policies));
  const broken = attachments.find((attachment) => attachment.broken !== null)?.broken ?? null;
  return ruleList([...policies], broken);
}
