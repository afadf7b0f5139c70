import { REVIEW_ACCESS_PATH } from '../../identity/access/addresses.ts';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from '../../identity/factors/addresses.ts';
import { raisedPrincipal } from '../../identity/factors/raised-principal.ts';
import { requiredFactor } from '../../identity/factors/required-factor.ts';
import type { Identification } from '../../identity/identification.ts';
import type { Principal } from '../../identity/principal.ts';
import { SIGN_OUT_PATH } from '../../identity/sign-in/addresses.ts';
import { switchAccountPath } from '../../identity/sign-in/refused-navigation.ts';
import { buildInput } from '../../policies/input.ts';
import type { Clock } from '../base/clock.ts';
import { HeaderList } from '../base/header-list.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { KernelParts } from '../gateway/kernel.ts';
import { type Outcome, refuse } from '../gateway/outcome.ts';
import type { CompiledService } from '../gateway/snapshot.ts';
import { type PortalService, portalPage } from '../web/pages/portal.ts';
import { pageResponse } from '../web/respond.ts';
import { rulesOfService } from './access-pages.ts';
import type { IdentityLayer } from './identity.ts';
import { brandingOf, portalUrl, signedInAs } from './page-facts.ts';

export interface PortalDeps {
  readonly identify: KernelParts['identify'];
  readonly hasGrant: IdentityLayer['hasGrant'];
  readonly clock: Clock;
}

/** The portal, on the auth host. */
export async function portal(x: Exchange, deps: PortalDeps): Promise<Outcome> {
  if (x.request.method !== 'GET' && x.request.method !== 'HEAD') return refuse('method-refused');
  const identification = await deps.identify(x.request, x.snapshot.directory);
  if (identification.kind !== 'identified') return unidentified(identification);
  const { principal } = identification;
  x.principal = principal;
  if (principal.session !== null && principal.session.spec.state !== 'ACTIVE') return refuse('session-not-active');
  const required = principal.session === null ? null : requiredFactor(principal.session);
  if (required !== null) return refuse(required);
  const may = await Promise.all(x.snapshot.services.map((service) => mayOpen(x, service, deps)));
  const services = x.snapshot.services.filter((_, i) => may[i]);
  const page = portalPage({
    domain: x.snapshot.domain,
    signedInAs: signedInAs(x)!,
    services: services.map((service) => card(x, service)),
    search: new URLSearchParams(x.request.query).get('q') ?? '',
    recommendation: recommendationFor(principal),
    portalUrl: '/',
    accountUrl: ACCOUNT_PATH,
    signOutUrl: SIGN_OUT_PATH,
    accessRequestsUrl: x.snapshot.services.some((one) => rulesOfService(x, one) !== null) ? REVIEW_ACCESS_PATH : null,
    switchAccountUrl: switchAccountPath(x.request, x.snapshot.domain) ?? '/',
  });
  return { kind: 'response', response: pageResponse(200, page, brandingOf(x)) };
}

const RECOMMENDATIONS = {
  AUTHENTICATION_RECOMMENDED: {
    text: 'You have signed in without your second factor.',
    url: SECOND_FACTOR_PATH,
    does: 'Show it',
  },
  REGISTRATION_RECOMMENDED: { text: 'You have no second factor yet.', url: ACCOUNT_PATH, does: 'Set one up' },
} as const;

function recommendationFor({ session }: Principal) {
  const action = session?.status.authenticatorAction;
  return action === 'AUTHENTICATION_RECOMMENDED' || action === 'REGISTRATION_RECOMMENDED'
    ? RECOMMENDATIONS[action]
    : null;
}

function unidentified(identification: Exclude<Identification, { kind: 'identified' }>): Outcome {
  return identification.kind === 'rejected'
    ? refuse(identification.reason, identification.detail)
    : refuse('unauthenticated');
}

/** Whether this user may open the Service's first page, perhaps with a second factor. */
async function mayOpen(x: Exchange, service: CompiledService, deps: PortalDeps): Promise<boolean> {
  if (service.state.kind !== 'ready' || service.resource.spec.isPublic !== true) return false;
  if (service.hosts[0]?.startsWith('*.') === true) return false;
  const principal = x.principal!;
  if (await mayOpenAs(x, principal, service, deps)) return true;
  const raised = raisedPrincipal(principal, deps.clock.now());
  return raised !== null && mayOpenAs(x, raised, service, deps);
}

/** Asks the policies themselves. */
async function mayOpenAs(
  x: Exchange,
  principal: Principal,
  service: CompiledService,
  { clock, hasGrant }: PortalDeps,
): Promise<boolean> {
  const { namespace, resource } = service;
  const request = {
    ...x.request,
    method: 'GET',
    host: service.hosts[0]!,
    path: '/',
    query: '',
    headers: new HeaderList(),
  };
  const input = buildInput({
    request,
    principal,
    service: resource,
    namespace,
    body: null,
    grpc: null,
    time: clock.now(),
    hasGrant: hasGrant(principal, service.name),
  });
  const ask = () => service.authorizer.authorize(principal, input);
  const decision = ask();
  return (input.remote?.isWaiting === true ? await input.remote.settle(ask) : decision).effect === 'allow';
}

function card(x: Exchange, { name, hosts, resource }: CompiledService): PortalService {
  const { displayName = null, description = null } = resource.metadata;
  const host = hosts[0]!;
  const url = new URL(portalUrl(x));
  return {
    name,
    displayName,
    description,
    host,
    url: `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}/`,
  };
}
