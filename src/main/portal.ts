import { askAccessPath, REVIEW_ACCESS_PATH } from '../../identity/access/addresses.ts';
import { ACCOUNT_PATH, SECOND_FACTOR_PATH } from '../../identity/factors/addresses.ts';
import { requiredFactor } from '../../identity/factors/required-factor.ts';
import type { Identification } from '../../identity/identification.ts';
import type { Principal } from '../../identity/principal.ts';
import { SIGN_OUT_PATH } from '../../identity/sign-in/addresses.ts';
import { switchAccountPath } from '../../identity/sign-in/refused-navigation.ts';
import type { Exchange } from '../gateway/exchange.ts';
import type { KernelParts } from '../gateway/kernel.ts';
import { type Outcome, refuse } from '../gateway/outcome.ts';
import type { CompiledService } from '../gateway/snapshot.ts';
import { type PortalService, portalPage } from '../web/pages/portal.ts';
import { pageResponse } from '../web/respond.ts';
import { rulesOfService } from './access-pages.ts';
import { brandingOf, portalUrl, signedInAs } from './page-facts.ts';
import { type StandingDeps, standingOf } from './portal-standing.ts';
import { iconUrl } from './service-icons.ts';

export interface PortalDeps extends StandingDeps {
  readonly identify: KernelParts['identify'];
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
  const services = await Promise.all(x.snapshot.services.map((service) => card(x, service, deps)));
  const page = portalPage({
    domain: x.snapshot.domain,
    signedInAs: signedInAs(x)!,
    services: services.filter((service) => service !== null),
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

async function card(x: Exchange, service: CompiledService, deps: PortalDeps): Promise<PortalService | null> {
  const standing = await standingOf(x, service, deps);
  if (standing === null) return null;
  const { name, hosts, resource } = service;
  const { displayName = null, description = null } = resource.metadata;
  const url = standing === 'requestable' ? askAccessPath(name) : firstPage(x, hosts[0]!);
  return { name, displayName, description, host: hosts[0]!, url, standing, icon: iconUrl(service) };
}

function firstPage(x: Exchange, host: string): string {
  const url = new URL(portalUrl(x));
  return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}/`;
}
