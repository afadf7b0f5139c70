import type { Principal } from '../identity/principal.ts';
import type { Namespace, Service } from '../src/model/index.ts';
import { type Field, Fields, LazyMap } from './input/lazy-map.ts';
import { resourceMap } from './input/plain.ts';
import { type BufferedBody, type GrpcView, type RequestView, requestMap } from './input/request.ts';
import type { RemoteAnswers } from './rego/remote/answers.ts';
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
  /** What remote policies said, as far as a condition has asked for it. */
  remote: RemoteAnswers | null;
}

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
}

/** Builds the input of one request. Nothing is parsed before an expression reads it; what is absent has no key. */
export function buildInput(parts: InputParts): PolicyInput {
  return { ctx: new LazyMap(parts, CONTEXT_FIELDS), time: parts.time, principal: parts.principal, remote: null };
}

/** What is the same for everybody who asks for this Service, and at any time: all that can be worked out ahead. */
export function serviceInput(service: Service, namespace: Namespace): PolicyInput {
  return { ctx: new LazyMap({ service, namespace }, SERVICE_FIELDS), time: 0, principal: NOBODY, remote: null };
}

const NOBODY: Principal = { kind: 'anonymous', user: null, groups: [], session: null, device: null };

type ServiceParts = Pick<InputParts, 'service' | 'namespace'>;

const OF_SERVICE: readonly Field<ServiceParts>[] = [
  ['service', ({ service }) => resource(service)],
  ['namespace', ({ namespace }) => resource(namespace)],
];
const SERVICE_FIELDS = new Fields(OF_SERVICE);

const CONTEXT_FIELDS = new Fields<InputParts>([
  ['user', ({ principal }) => resource(principal.user)],
  ['session', ({ principal }) => resource(principal.session)],
  ['device', ({ principal }) => resource(principal.device)],
  ['groups', ({ principal }) => (principal.user === null ? undefined : groupList(principal.groups))],
  ...OF_SERVICE,
  ['request', (parts) => requestMap(parts.request, parts)],
]);

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
