import { ANONYMOUS, type Principal } from '../../../identity/principal.ts';
import { type Mentions, mentionsOf } from '../../../policies/mentions.ts';
import type { CountedRequest } from '../../admin/decision-api.ts';
import { canonicalPathOrNull } from '../../downstream/canonical/index.ts';
import type { CompiledService, CompiledSnapshot } from '../../gateway/snapshot.ts';
import { principalOf } from '../offline/asker.ts';

/** Of one user at one Service. */
const MOST_REQUESTS = 50;

/**
 * Requests that tell two configurations apart, without a log: each user, and nobody, at each Service, with the paths
 * and methods that the policies of either mention. Users and Services of either one.
 */
export function* probes(before: CompiledSnapshot, after: CompiledSnapshot, time: number): Generator<CountedRequest> {
  const sides = [before, after].map((snapshot) => new Side(snapshot, time));
  const services = new Map([before, after].flatMap(({ services }) => services.map((one) => [one.name, one] as const)));
  const users = new Set(
    [before, after].flatMap(({ directory }) => directory.users.map(({ metadata }) => metadata.name)),
  );
  for (const service of [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const user of [null, ...[...users].sort()]) {
      const mentions = sides.flatMap((side) => side.mentions(service.name, user));
      for (const request of requestsTo(service, mentions)) yield { ...request, user, time };
    }
  }
}

/** One configuration, asked which policies count for whom. */
class Side {
  readonly #snapshot: CompiledSnapshot;
  readonly #services: ReadonlyMap<string, CompiledService>;
  readonly #principals = new Map<string, Principal>();
  readonly #time: number;

  constructor(snapshot: CompiledSnapshot, time: number) {
    this.#snapshot = snapshot;
    this.#services = new Map(snapshot.services.map((service) => [service.name, service]));
    this.#time = time;
  }

  mentions(service: string, user: string | null): Mentions[] {
    const basis = this.#services.get(service)?.authorizer.basis?.(this.#principalOf(user), this.#time);
    const policies = new Set(basis?.list?.rules.map(({ policy }) => policy));
    return [...policies].map(({ spec }) => mentionsOf(spec));
  }

  #principalOf(user: string | null): Principal {
    if (user === null || this.#snapshot.directory.user(user) === null) return ANONYMOUS;
    const principal = this.#principals.get(user) ?? principalOf(this.#snapshot, { user }, this.#time);
    this.#principals.set(user, principal);
    return principal;
  }
}

function requestsTo(service: CompiledService, mentions: readonly Mentions[]): Omit<CountedRequest, 'user' | 'time'>[] {
  const start = startOf(service);
  const mentioned = mentions.flatMap(({ paths }) => [...paths].map((path) => canonicalPathOrNull(path) ?? start));
  const methods = new Set(['GET', ...mentions.flatMap((one) => [...one.methods])]);
  const asked = [...new Set([start, ...mentioned])].flatMap((path) => [...methods].map((method) => ({ method, path })));
  return asked.slice(0, MOST_REQUESTS).map(({ method, path }) => ({
    service: service.name,
    credential: null,
    method,
    host: service.hosts[0] ?? service.name,
    path,
    queryLength: 0,
    httpVersion: '2',
    clientAddress: '127.0.0.1',
    hasNoBody: method === 'GET' || method === 'HEAD',
    count: 1,
  }));
}

/** A path that the Service answers at. */
function startOf({ resource }: CompiledService): string {
  const paths = resource.spec.match?.paths ?? [];
  return paths.map(({ exact, prefix }) => exact ?? prefix).find((path) => path !== undefined) ?? '/';
}
