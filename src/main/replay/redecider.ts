import type { Principal } from '../../../identity/principal.ts';
import { decide } from '../../../policies/decide.ts';
import type { Authorizer, Decision } from '../../../policies/decision.ts';
import { buildInput, type PolicyInput, type RequestView } from '../../../policies/input.ts';
import { lacksBundle } from '../../../policies/rego/bundle/program.ts';
import type { RecordedRequest, Verdict } from '../../admin/decision-api.ts';
import { HeaderList } from '../../base/header-list.ts';
import { Lru } from '../../base/lru.ts';
import { parseGrpcPath } from '../../gateway/grpc/path.ts';
import type { CompiledService, CompiledSnapshot } from '../../gateway/snapshot.ts';
import { principalOf } from '../offline/asker.ts';
import { PartlyKnown, unknownPath } from './partly-known.ts';
import { unknownsOf } from './unknowns.ts';

export type Redecision =
  /** `without`: a Credential that does not exist here, whose policies and scopes therefore did not count. */
  | { readonly kind: 'decided'; readonly verdict: Verdict; readonly without: string | null }
  /** What the request names does not exist here, such as `User/fay`. */
  | { readonly kind: 'absent'; readonly what: string }
  /** A rule needs something that is neither in the log nor here, such as `ctx.request.http.headers`. */
  | { readonly kind: 'unknown'; readonly reads: string };

const PRINCIPALS = 10_000;

/** The session of a recorded request has ended perhaps; that it had not then is what counts. */
const NEVER = Date.parse('9999-01-01T00:00:00Z');

const NO_HEADERS = new HeaderList();

/** What a Service that reads bodies has of a request without one. */
const EMPTY_BODY = { bytes: new Uint8Array(), json: null };

/** Decides recorded requests under one configuration, each by the Service that answered it. */
export class Redecider {
  readonly #snapshot: CompiledSnapshot;
  readonly #services: ReadonlyMap<string, CompiledService>;
  /** By user and credential. */
  readonly #principals = new Lru<string, Principal>(PRINCIPALS);
  /** What the decision under way asked for and nobody knows. */
  #unknown: string | null = null;
  readonly #told = (path: string) => {
    this.#unknown ??= path;
  };

  constructor(snapshot: CompiledSnapshot) {
    this.#snapshot = snapshot;
    this.#services = new Map(snapshot.services.map((service) => [service.name, service]));
  }

  decide(request: RecordedRequest): Redecision {
    const service = this.#services.get(request.service);
    if (service === undefined) return { kind: 'absent', what: `Service/${request.service}` };
    if (service.state.kind !== 'ready') return denied(`service-${service.state.kind}`);
    if (service.anonymous) return this.#ask(service, request, NOBODY);
    const { user, credential } = request;
    const { directory } = this.#snapshot;
    if (user !== null && directory.user(user) === null) return { kind: 'absent', what: `User/${user}` };
    const isKnown = credential === null || directory.credential(credential) !== null;
    return this.#ask(service, request, { user, credential: isKnown ? credential : null });
  }

  #ask(service: CompiledService, request: RecordedRequest, asker: Asker): Redecision {
    const principal = this.#principalOf(asker);
    this.#unknown = null;
    const input = this.#inputOf(service, request, principal);
    const decision = enforced(service.authorizer, principal, input);
    if (input.remote?.isWaiting === true) this.#told('a remote OPA');
    const reads = this.#unknown ?? unknownOf(decision);
    if (reads !== null) {
      this.#forget(asker);
      return { kind: 'unknown', reads };
    }
    const { effect, reason, policy, rule } = decision;
    const without = asker.user === null || asker.credential === request.credential ? null : request.credential;
    return { kind: 'decided', verdict: { effect, reason, policy, rule }, without };
  }

  /**
   * Answers of conditions are kept for a principal. One that needed something unknown is none: the next request of this
   * asker is decided for a principal of which nothing is known yet.
   */
  #forget(asker: Asker): void {
    this.#principals.delete(keyOf(asker));
  }

  #principalOf(asker: Asker): Principal {
    const key = keyOf(asker);
    const known = this.#principals.get(key);
    if (known !== undefined) return known;
    const { user, credential } = asker;
    const session = { expiresAt: NEVER, ...(credential === null ? {} : { credential }) };
    // nobody is one and the same everywhere else
    const principal = { ...principalOf(this.#snapshot, { user, session }, 0) };
    this.#principals.set(key, principal);
    return principal;
  }

  #inputOf(service: CompiledService, recorded: RecordedRequest, principal: Principal): PolicyInput {
    const { resource, namespace } = service;
    const grpc = resource.spec.mode === 'GRPC' ? parseGrpcPath(recorded.path) : null;
    const request = viewOf(recorded);
    const { time } = recorded;
    const body = service.buffering !== null && recorded.hasNoBody ? EMPTY_BODY : null;
    const input = buildInput({ request, principal, service: resource, namespace, body, grpc, time });
    return { ...input, ctx: new PartlyKnown(input.ctx, unknownsOf(recorded, service), 'ctx', this.#told) };
  }
}

type Asker = Pick<RecordedRequest, 'user' | 'credential'>;

function keyOf({ user, credential }: Asker): string {
  return `${user ?? ''}\0${credential ?? ''}`;
}

const NOBODY: Asker = { user: null, credential: null };

/** Without the shadow policies: what they read must not count as needed. */
function enforced(authorizer: Authorizer, principal: Principal, input: PolicyInput): Decision {
  const list = authorizer.basis?.(principal, input.time).deciding ?? null;
  return list === null ? authorizer.authorize(principal, input) : decide(list, input);
}

function unknownOf({ reason, detail }: Decision): string | null {
  if (reason !== 'policy-error' || detail === null) return null;
  return lacksBundle(detail) ? 'a bundle that is not here' : unknownPath(detail);
}

function denied(reason: string): Redecision {
  return { kind: 'decided', verdict: { effect: 'deny', reason, policy: null, rule: null }, without: null };
}

function viewOf({ method, host, path, clientAddress, httpVersion }: RecordedRequest): RequestView {
  return { method, scheme: 'https', host, path, query: '', headers: NO_HEADERS, clientAddress, httpVersion, tls: null };
}
