import type { Principal } from '../identity/principal.ts';
import type { Namespace, Service } from '../src/model/index.ts';
import type { Decision } from './decision.ts';
import { type Field, Fields, LazyMap } from './input/lazy-map.ts';
import { resourceMap } from './input/plain.ts';
import { type BufferedBody, type GrpcView, type RequestView, requestMap } from './input/request.ts';
import type { RemoteAnswers } from './rego/remote/answers.ts';
import { DecisionBudget } from './values/decision-budget.ts';
import type { MapValue } from './values/map.ts';
import type { Value } from './values/value.ts';

export type { BufferedBody, RequestView } from './input/request.ts';

/** What an expression sees of one request. */
export interface PolicyInput {
  /** The binding `ctx`. */
  readonly ctx: MapValue;
  /** What `now()` gives, in milliseconds since 1970: one request sees one time. */
  readonly time: number;
  /** Whose answers are kept: what depends on nothing else is worked out once. */
  readonly principal: Principal;
  /** `null` where nobody asks: what is the same for everybody. */
  readonly request: RequestView | null;
  /** An approver has let this principal into this Service for a while, which is not over. */
  readonly hasGrant: boolean;
  /** What its conditions may still take together; `null`: each has its limit, and that is all. */
  readonly budget: DecisionBudget | null;
  /** What remote policies said, as far as a condition has asked for it. */
  remote: RemoteAnswers | null;
  /** Asks the remote policies that shadow policies alone need, and decides again; `null`: there are none. */
  shadow: ShadowQuestion | null;
}

/** Never rejects; asks once. Gives the decision with what the shadow policies say. */
export type ShadowQuestion = () => Promise<Decision>;

export interface InputParts {
  readonly request: RequestView;
  readonly principal: Principal;
  readonly service: Service;
  readonly namespace: Namespace;
  /** A request body that was read, else `null`. */
  readonly body: BufferedBody | null;
  /** The call of a gRPC Service, else `null`. */
  readonly grpc: GrpcView | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** As in `PolicyInput`; left out: no. */
  readonly hasGrant?: boolean;
}

/** Builds the input of one request. Nothing is parsed before an expression reads it; what is absent has no key. */
export function buildInput(parts: InputParts): PolicyInput {
  const { time, principal, request, hasGrant = false } = parts;
  const budget = new DecisionBudget();
  const ctx = new LazyMap({ parts, budget }, CONTEXT_FIELDS);
  return { ctx, time, principal, request, hasGrant, budget, remote: null, shadow: null };
}

/** Of somebody at one of our own addresses: there is no Service. @param time milliseconds since 1970 */
export function ownAddressInput(request: RequestView, principal: Principal, time: number): PolicyInput {
  const budget = new DecisionBudget();
  const parts = { request, principal, body: null, grpc: null, time };
  const ctx = new LazyMap({ parts, budget }, OWN_ADDRESS_FIELDS);
  return { ctx, time, principal, request, hasGrant: false, budget, remote: null, shadow: null };
}

/** What is the same for everybody who asks for this Service, and at any time: all that can be worked out ahead. */
export function serviceInput(service: Service, namespace: Namespace): PolicyInput {
  const ctx = new LazyMap({ service, namespace }, SERVICE_FIELDS);
  return { ctx, time: 0, principal: NOBODY, request: null, hasGrant: false, budget: null, remote: null, shadow: null };
}

const NOBODY: Principal = { kind: 'anonymous', user: null, groups: [], session: null, device: null };

type ServiceParts = Pick<InputParts, 'service' | 'namespace'>;

const OF_SERVICE: readonly Field<ServiceParts>[] = [
  ['service', ({ service }) => resource(service)],
  ['namespace', ({ namespace }) => resource(namespace)],
];
const SERVICE_FIELDS = new Fields(OF_SERVICE);

/** What is asked, where a Service may be missing. */
interface Asking {
  readonly parts: Omit<InputParts, 'service' | 'namespace'>;
  readonly budget: DecisionBudget;
}

const OF_PRINCIPAL: readonly Field<Asking>[] = [
  ['user', ({ parts }) => resource(parts.principal.user)],
  ['session', ({ parts }) => resource(parts.principal.session)],
  ['device', ({ parts }) => resource(parts.principal.device)],
  ['groups', ({ parts: { principal } }) => (principal.user === null ? undefined : groupList(principal.groups))],
];
const OF_REQUEST: readonly Field<Asking>[] = [
  ['request', ({ parts, budget }) => requestMap(parts.request, parts, budget)],
];

const CONTEXT_FIELDS = new Fields<Asking & { readonly parts: InputParts }>([
  ...OF_PRINCIPAL,
  ...OF_SERVICE.map(([name, read]): Field<{ readonly parts: InputParts }> => [name, ({ parts }) => read(parts)]),
  ...OF_REQUEST,
]);
const OWN_ADDRESS_FIELDS = new Fields<Asking>([...OF_PRINCIPAL, ...OF_REQUEST]);

/** Views of resources live as long as the resource: they are shared by all requests that see it. */
const views = new WeakMap<object, MapValue>();
const groupLists = new WeakMap<readonly object[], readonly Value[]>();

function resource(value: object | null): MapValue | undefined {
  if (value === null) return undefined;
  const known = views.get(value);
  if (known !== undefined) return known;
  const view = resourceMap(value);
  views.set(value, view);
  return view;
}

function groupList(groups: readonly object[]): readonly Value[] {
  const known = groupLists.get(groups);
  if (known !== undefined) return known;
  const list = groups.map((group) => resource(group) ?? null);
  groupLists.set(groups, list);
  return list;
}
