import { raisedPrincipal } from '../../identity/factors/raised-principal.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Decision } from '../../policies/decision.ts';
import { buildInput } from '../../policies/input.ts';
import type { Clock } from '../base/clock.ts';
import { HeaderList } from '../base/header-list.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { CompiledService } from '../gateway/snapshot.ts';
import type { PortalService } from '../web/pages/portal.ts';
import { rulesOfService } from './access-pages.ts';
import type { IdentityLayer } from './identity.ts';

export interface StandingDeps {
  readonly hasGrant: IdentityLayer['hasGrant'];
  readonly clock: Clock;
}

type Standing = PortalService['standing'];

/** How the person of this exchange stands to a Service's first page; `null`: it is not for the portal. */
export async function standingOf(x: Exchange, service: CompiledService, deps: StandingDeps): Promise<Standing | null> {
  if (service.state.kind !== 'ready' || service.resource.spec.isPublic !== true) return null;
  if (service.hosts[0]?.startsWith('*.') === true) return null;
  const principal = x.principal!;
  const hasGrant = deps.hasGrant(principal, service.name);
  const decision = await decide(x, service, { principal, hasGrant, time: deps.clock.now() });
  if (decision.effect === 'allow') return 'open';
  if (await opensWithFactor(x, service, { principal, hasGrant, time: deps.clock.now() })) return 'second-factor';
  return (await opensWithGrant(x, service, decision, deps)) ? 'requestable' : null;
}

interface Supposed {
  readonly principal: Principal;
  readonly hasGrant: boolean;
  readonly time: number;
}

async function opensWithFactor(x: Exchange, service: CompiledService, supposed: Supposed): Promise<boolean> {
  const raised = raisedPrincipal(supposed.principal, supposed.time);
  if (raised === null) return false;
  return (await decide(x, service, { ...supposed, principal: raised })).effect === 'allow';
}

/** As the denied page offers it: where a policy alone denied, and a grant would make the difference. */
async function opensWithGrant(
  x: Exchange,
  service: CompiledService,
  { reason }: Decision,
  { clock }: StandingDeps,
): Promise<boolean> {
  const principal = x.principal!;
  if (reason !== 'policy-denied' && reason !== 'no-policy-match') return false;
  if (principal.kind !== 'human' || principal.session.status.isBrowser !== true) return false;
  if (rulesOfService(x, service) === null) return false;
  return (await decide(x, service, { principal, hasGrant: true, time: clock.now() })).effect === 'allow';
}

/** Asks the policies themselves. */
async function decide(
  x: Exchange,
  service: CompiledService,
  { principal, hasGrant, time }: Supposed,
): Promise<Decision> {
  const { namespace, resource } = service;
  const head = { ...x.request, method: 'GET', host: service.hosts[0]!, path: '/', query: '' };
  const request = { ...head, headers: new HeaderList() };
  const input = buildInput({
    request,
    principal,
    service: resource,
    namespace,
    body: null,
    grpc: null,
    time,
    hasGrant,
  });
  const ask = () => service.authorizer.authorize(principal, input);
  const decision = ask();
  return input.remote?.isWaiting === true ? input.remote.settle(ask) : decision;
}
